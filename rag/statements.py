"""Statements: a pasted text -> its sentences, each with what it cites, and whether it states anything to check.

A sentence ends at 。！？ or at the line's end; a citation behind its full stop belongs to it, a quotation is
not parted, and a line that ends in a comma goes on in the next. A table's row is one sentence.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from rag import lexicon
from rag.cited import Citations, Cited, is_only_citation, label_alone, marks, source_lines
from rag.fold import fold, to_simplified
from rag.quantities import quantities
from rag.types import CitationCheck, Span

END = re.compile(
    r"[。！？!?…]+[”」』’\"']?|(?<=[a-z0-9)\]”\"%])(?<!\bMr)(?<!\bMs)(?<!\bMrs)(?<!\bDr)(?<!\bNo)\.(?=\s+[A-Z\[(“\"]|\s*$|\s*\n)|(?<=[\])])\.(?=\s+\d)|\n"
)
QUOTED = re.compile(r"「[^「」\n]{0,400}」|“[^“”\n]{0,400}”|『[^『』\n]{0,400}』|《[^《》\n]{0,160}》")
# What may follow a full stop and still belong to the sentence: [1], （《…》第3条）
BEHIND = re.compile(
    r"[ \t　]*(?:[\[【［〔]\d{1,2}[\]】］〕]|[（(【\[〔][^（）()\n【】]{2,160}(?:[（(][^（）()\n]{0,60}[)）][^（）()\n【】]{0,40})?[)）】\]])[。.]?"
)
NUMBERED = re.compile(
    r"^\s*(?:\|\s*\d{1,2}\s*(?=\|\s*[^\s\d|])(?!.*\|.*%\s*\|.*%)|[（(]?[〇一二三四五六七八九十百\d]{1,4}[)）、.．﹒](?!\d)|[①-⑳⑴-⒇]|\d️?\u20e3|🔟|[-*•·●◆■◇□▪▶►★☆✅✔🔹🔸👉📌―—]{1,2}️?|#{1,6})\s*"
)
# What only introduces: 文件规定，…, 在绍兴市规定，…, 重庆提出…
OPENING = re.compile(
    r"^\s*(?:在)?(?:[一-鿿]{2,8}(?:[省市县区州盟旗])|(?!文件|政策|方案|意见|意見|办法|辦法|通知)[一-鿿]{2,3}(?=[规規提明][定出确確]))?(?P<words>(?:按照|根据|依据|依照|按)?(?:我市|我县|我省|本市|该|上述|有关|相关)?(?:现行|現行|目前)?的?(?:文件|政策|规定|方案|意见|办法|通知|条例|規定|辦法)?中?(?:明确)?(?:规定|提出|明确|指出|要求|規定|明確|(?:目标|目標|做法|标准|標準)[是为為])(?:了)?\s*[，,：:]?)(?=\s*\S)"
)
# Who speaks, a greeting, and what only says where one has it from: 客服：您好，… 记者从市人社局获悉，…
SPEAKER = re.compile(
    r"^\s*(?:[一-鿿]{0,4}(?:话务员|話務員|客服|坐席|接线员|接線員|主持人|记者|記者|来电人|助手|问|問|答)\s*\d?\s*[:：]\s*)?(?:(?:您好|你好|各位好|大家好)[，,。!！]\s*)?"
)
REPORTED = re.compile(
    r"^\s*(?:(?:据|據)(?:悉|了解|介绍|介紹|通报|通報)|(?:会议|會議|记者(?!证)|記者(?!證)|调研组|調研組|本报|本報)(?:[^，,。；\d未不需须對对]){0,16}?(?:获悉|獲悉|了解到|得知|指出|强调|強調|透露|通报|通報|听取[^，,]{0,8}汇报)|[^，,。；\d]{2,10}(?:局长|局長|主任|负责人|負責人)(?:介绍|介紹|表示|透露|说|說))\s*[，,：:]\s*(?=\S{4})"
)
CONNECTING = re.compile(
    r"^\s*(?:(?:其次|首先|最后|最後)\s*[，,]|(?:另外|此外|还有|還有|同时|同時|而且|再者|再有)\s*[，,]?)(?=\s*\S{4})"
)
SAME = re.compile(r"[（(\[【]\s*(?:同上|同前|ibid\.?)\s*[)）\]】]", re.IGNORECASE)
# What points back to the sentence before: 这项贷款, 该类企业; without it the rest is compared.
LEANING = re.compile(
    r"(?:这|该|此|上述|前述|(?<![^\s,，;；。:：、(（“「])以上)(?:项|类|种|些|个|笔)?(?:贷款|补贴|补助|政策|企业|人员|人才|工作|资金|项目|奖励|措施|支持|待遇|事项|业务|任务)?(?:同样|也)?|同样(?:可以)?|\bthe same\b|\bthis (?:loan|subsidy|policy|work)\b"
)
CONTENT = re.compile(r"[一-鿿]|[A-Za-z]+|\d+")
CHINESE = re.compile(r"[一-鿿]{4}")
LEAST_CONTENT = 4
MOST_SENTENCE_CHARS, MOST_TIMES_IN_ENGLISH = 300, 3
"""Comparing takes time that grows with the square of a sentence's length; this bounds it for text without full stops."""

# Sentences of a letter that state no rule, over their simplified text; each group with an example.
IDLE: tuple[re.Pattern[str], ...] = (
    # 尊敬的王先生： 您好！
    re.compile(r"^(?:尊敬|亲爱|敬爱)的|^(?:您|你|大家)们?好|^各位\S{0,8}[:：,，!！]?$|^\S{1,12}(?:先生|女士|同志|同学|市民|网友|老师|朋友)(?:您好|你好)?[:：,，!！。]?$|^(?:dear|hello|hi|to whom)\b"),
    # 感谢您的来信。 祝您生活愉快！ 此致
    re.compile(r"感谢(?:您|你|大家|关注|关心|来|对|支持|理解)|谢谢|^(?:再次)?(?:感|鸣)谢|^祝|^(?:顺|谨)?祝|此致|敬礼|^敬上|敬请谅解|歉意|抱歉|不便|\b(?:thank|thanks|sincerely|regards|apologi[sz]e|sorry)\b"),
    # 来信收悉，现答复如下： 特此回复。
    re.compile(r"(?:来信|来函|来电|留言|咨询|问题|反映|诉求|信件|信)\S{0,12}(?:收悉|收到|已阅|知悉|看了|看过)|函告|奉[复覆]|[专耑]此|(?:商祺|台安|时祺|近安|大安|安好|秋祺|春祺|夏祺|冬祺)|(?:答复|回复|解答|说明|函复|告知|介绍|汇报)(?:您|你)?(?:如下|于下)|^(?:特|现)此?(?:回复|函复|答复|告知|说明)|特此(?:回复|函复|答复|告知|说明|复函)|谨[复覆](?:如下)?|^承(?:蒙)?[询詢问問]|供\S{0,6}参考[。.!！)）]?$|为(?:您|你)(?:解答|答复|服务|介绍)"),
    # 如有疑问，欢迎来电咨询。
    re.compile(r"如(?:果)?(?:您|你|仍|还)?(?:有|对)?\S{0,8}(?:疑问|不明|其他问题|任何问题|需要|疑义|不清楚)|欢迎(?:您|你|大家|随时|继续|来|拨打|垂询|关注|监督)|(?:请|可)(?:您|你)?(?:随时|直接|及时)?(?:拨打|致电|来电|联系|垂询|咨询我们|关注|登录|前往|携带)|联系(?:人|电话|方式|地址)\s*[:：]|(?:咨询|服务|联系)电话|if you have any|contact us|feel free"),
    # 我们高度重视。 我局非常支持。
    re.compile(r"(?:我|我们|我局|我委|我办|我单位|本局|本委|市里|县里)(?:对此|都|也|一直|十分|非常|高度|特别|很)+(?:重视|支持|关注|理解|欢迎|认同|感谢|高兴)[。.!！]?$"),
    # 请问您是哪一年毕业的？
    re.compile(r"[?？]\s*[”」』\"]?$|^请问|^(?:想|我想)(?:请教|咨询|了解|问)|吗[。.]?$"),
    # 投资有风险，决策需谨慎。 请保持电话畅通。
    re.compile(r"[需须要应](?:要)?(?:谨慎|慎重|小心|耐心)|^请(?:您|你)?(?:保持|耐心|先看|放心|留意|理解|谅解|知悉|查收)|(?:会|将)(?:尽快)?与(?:您|你)联系|look forward|please (?:keep|wait|note|be patient)"),
    # 请各科室于月底前报办公室。
    re.compile(r"^请(?:各|贵)?(?:科室|处室|部门|单位|同事|同志|大家)[^。]{0,30}(?:(?<![申上])报(?![名销考到])|送|反馈|汇总|传阅|转发|抓好|照办)"),
    # 关于您咨询的创业贷款问题
    re.compile(r"^(?:您|你)(?:好[,，!！]?)?(?:咨询|反映|提出|来信|所问|询问|关心)的?|^(?:关于|针对|就)(?:您|你|贵)\S{0,40}(?:问题|事项|来信|诉求|情况|咨询|信件|留言)?[,，:：。]?$|^关于[^。，,]{2,40}(?:答复|回复|复函|说明|问题|事宜|事项|告知书|函)$"),
    # 2024年3月5日
    re.compile(r"^(?:\d{4}|[二〇○零一九八七六五四三]{4})\s*年\s*\S{1,3}\s*月(?:\s*\S{1,3}\s*[日号])?$|^\d{4}[-/.]\d{1,2}[-/.]\d{1,2}$"),
)  # fmt: skip
# 我们认为这项政策很好; who goes on to give a figure states it all the same.
OPINION = re.compile(r"(?:小编|我|我们|我局|我委|本局|本委|本人|笔者|个人|大家)(?:都|也|一直|始终|衷心|真诚|十分|非常|当|将)?(?:再)?(?:认为|觉得|相信|希望|理解|建议|感到|愿意|期待|觉|会(?:继续|认真|努力|尽力)|将(?:继续|认真|努力|尽力|一如既往))|^希望|^(?:相信|但愿|总之|综上|在我看来|依我看|说实话|老实说)|\b(?:i|we) (?:think|believe|hope|feel|wish|understand|recommend)\b|in (?:my|our) (?:opinion|view)|(?:非常|十分|特别|真的|实在|相当)(?:好|棒|高兴|荣幸|理解|抱歉|重视|欢迎|感人)|(?:很|太)(?:好|棒|高兴|荣幸|抱歉|不错|实用|方便|人性化|给力)")  # fmt: skip
FIGURE = re.compile(r"\d|百分之|[一二三四五六七八九十百千万亿两半]+(?:元|年|个月|天|成|倍)|\bper ?cent\b")
PHONE = re.compile(r"\d{3,4}-?\d{7,8}|1\d{10}|(?<!\d)12\d{3}(?!\d)")
# What a rule speaks of: without any of it, and without a quantity or a term of the lexicon, nothing is stated.
RULING = re.compile(
    r"可以?(?!能)|应当?|须|不得|禁止|免|补|奖|贷|报销|承担|负担|财政|申请|申报|办理|给予|享受|支持|鼓励|建立|推进|落实|提供|开展|实行|负责|牵头|"
    r"\b(?:may|must|shall|can|should|eligible|entitled|receive|apply|subsid\w+|grant\w*|loan\w*|are|is)\b"
)
MOST_HEADING_WORDS = 12
ENGLISH_VERB = re.compile(
    r"\b(?:is|are|was|were|be|been|may|must|shall|can|will|would|should|has|have|had|do|does|gets?|gives?|pays?|receives?|appl(?:y|ies)|offers?|supports?|encourages?|needs?|\w{3,}ed|\w{3,}es)\b|\d"
)
SIGNED = re.compile(r"^\S{2,24}(?:局|委员会|委|办公室|厅|政府|中心|处|科|支行)$")
VERB = re.compile(
    r"可|应|须|要|给|补|贷|奖|免|不|能|为|是|将|由|有|在|对|到|从|把|得|每|按|元|%|申请|支持|鼓励|推|建|加|提|实|发|落|完|开|引|促|强|优|规|设|办|取|培|组|探|营|培|扩|降|\d"
)


@dataclass(frozen=True)
class Statement:
    """A sentence at `span` of the text. `body` is as long as it, with the citations and its number blank."""

    span: Span
    text: str
    body: str
    cited: tuple[Cited, ...]
    """Its citations, their spans counted in `text`."""
    paragraph: int
    only_cites: bool = False

    @property
    def leans(self) -> bool:
        """Whether it speaks of what the sentence before it was about: 也可以申请这项贷款."""
        return bool(LEANING.search(to_simplified(self.body)))

    def within(self, cited: Cited) -> str:
        return self.text[slice(*cited.span)]


def statements(text: str, citations: Citations) -> list[Statement]:
    """The sentences of a text in order, with their citations; a list of sources is read into the marks."""
    listed = source_lines(text)
    sources = _sources(text, listed, citations)
    found: list[Statement] = []
    for span in sentences(text):
        line = text.count("\n", 0, span.start)
        is_source = any(span.start < end and start < span.end for start, end in listed.values())
        last = next((each.cited for each in reversed(found) if each.cited), ())
        read = _statement(text, span, citations, None if is_source else sources, line, last)
        found.append(replace(read, only_cites=True) if is_source else read)
    return found


def _sources(text: str, listed: dict[int, Span], citations: Citations) -> dict[int, list[Cited]]:
    """What each listed source cites; 同上 and a clause alone speak of the document before."""
    sources: dict[int, list[Cited]] = {}
    documents: tuple[str, ...] | None = None
    for number, span in sorted(listed.items(), key=lambda pair: pair[1]):
        found = [
            replace(c, documents=c.documents or documents) if not c.fault else c
            for c in citations.read(text[slice(*span)])
        ]
        if not found and re.match(r"\s*同上", text[slice(*span)]) and documents:
            found = [Cited(Span(0, 2), Span(0, 2), documents)]
        if not found and (labels := label_alone(text[slice(*span)])):
            found = [Cited(Span(0, 1), Span(0, 1), documents, labels)]
        if not found and (translated := citations.translated(text[slice(*span)])):
            found = [Cited(Span(0, 1), Span(0, 1), translated)]
        documents = next((c.documents for c in reversed(found) if c.documents), documents)
        sources[number] = found
    return sources


def _statement(
    text: str,
    span: Span,
    citations: Citations,
    sources: dict[int, list[Cited]] | None,
    paragraph: int,
    last: Sequence[Cited],
) -> Statement:
    own = text[slice(*span)]
    cited = citations.read(own)
    if not cited and last and (same := SAME.search(own)):  # the clause cited last
        cited = [replace(last[-1], span=Span(*same.span()), phrase=Span(*same.span()))]
    listed = marks(own) if sources is not None else []
    within = [mark.span for mark in listed if mark.labels]  # [1, item 12] cites once
    cited = [c for c in cited if not any(at.start <= c.span.start and c.span.end <= at.end for at in within)]
    for number, at, labels in listed:
        if any(at.start < c.phrase.end and c.phrase.start < at.end for c in cited):
            continue
        cited += [
            Cited(at, at, source.documents, labels or source.labels, source.fault, source.number)
            for source in (sources or {}).get(number, [])[:1]
        ] or [Cited(at, at, (), (), CitationCheck.NO_SUCH_DOCUMENT)]
    cited.sort(key=lambda c: c.span)
    return Statement(
        span, own, blanked(own, cited), tuple(cited), paragraph, bool(cited) and is_only_citation(own, cited)
    )


def blanked(text: str, cited: Sequence[Cited]) -> str:
    """`text` with the citations and the number printed before it blank, as long as before."""
    chars = list(text)
    for each in cited:
        chars[each.phrase.start : each.phrase.end] = " " * (each.phrase.end - each.phrase.start)
    number = NUMBERED.match(text)
    if number and not any(c.phrase.start < number.end() for c in cited):
        chars[: number.end()] = " " * number.end()
    for opener in (SPEAKER, REPORTED, CONNECTING):
        if before := opener.match("".join(chars)):
            chars[: before.end()] = " " * before.end()
    opening = OPENING.match("".join(chars))
    if opening:
        chars[opening.start("words") : opening.end()] = " " * (opening.end() - opening.start("words"))
    return "".join(chars)


def sentences(text: str) -> list[Span]:
    """The spans of the sentences of a text, in order, without outer white space."""
    quoted = [match.span() for match in QUOTED.finditer(text)]
    found: list[Span] = []
    start = 0
    for match in END.finditer(text):
        at = match.start()
        if at < start:
            continue
        if match.group() == "\n":
            if (
                re.search(r"[，,、：:]\s*$", text[start:at])
                and _goes_on(text, at + 1)
                and text[start:at].strip()
            ):
                continue
            end = at
        elif any(a < at < b - 1 for a, b in quoted):
            continue
        else:
            end = match.end()
            while behind := BEHIND.match(text, end):
                end = behind.end()
        found += _trimmed(text, start, end)
        start = max(end, match.end() if match.group() == "\n" else end)
    found += _trimmed(text, start, len(text))
    return [piece for span in found for piece in _bounded(text, span)]


def _bounded(text: str, span: Span) -> list[Span]:
    """A sentence, parted at its commas where it is longer than any that a person writes."""
    pieces: list[Span] = []
    start = span.start
    most = MOST_SENTENCE_CHARS * (1 if CHINESE.search(text, *span) else MOST_TIMES_IN_ENGLISH)
    while span.end - start > most:
        window = text[start : start + most]
        cut = max(window.rfind(mark) for mark in "，；,;、 ") + 1 or most
        pieces += _trimmed(text, start, start + cut)
        start += cut
    return [*pieces, *(_trimmed(text, start, span.end) if pieces else [span])]


def _goes_on(text: str, position: int) -> bool:
    """Whether a line goes on what the one before it began: not a blank line, nor an item of a list or a greeting's body."""
    line = text[position : text.find("\n", position) if "\n" in text[position:] else len(text)]
    before = text[: position - 1].rstrip()
    return (
        bool(line.strip())
        and not NUMBERED.match(line)
        and not line[:1].isspace()
        and not before.endswith((":", "："))
    )


def _trimmed(text: str, start: int, end: int) -> list[Span]:
    piece = text[start:end]
    if not CONTENT.search(piece):
        return []
    return [Span(start + len(piece) - len(piece.lstrip()), end - (len(piece) - len(piece.rstrip())))]


def states_nothing(body: str) -> bool:
    """Whether a sentence names no quantity, no term of the lexicon and nothing that a rule could do."""
    folded = fold(body)
    return not (quantities(folded) or RULING.search(folded) or lexicon.expand(folded))


def is_idle(body: str) -> bool:
    """Whether a sentence is a greeting, an opinion, a question, a heading or a signature: nothing a clause could say."""
    text = to_simplified(body).strip().lower()
    if sum(len(piece) if piece.isascii() else 1 for piece in CONTENT.findall(text)) < LEAST_CONTENT:
        return True
    if PHONE.search(text):
        return False
    if any(pattern.search(text) for pattern in IDLE):
        return True
    if OPINION.search(text) and not FIGURE.search(text):
        return True
    bare = re.sub(r"[\s:：#*]+$", "", text)
    if not re.search(r"[一-鿿]", bare) and len(bare.split()) <= MOST_HEADING_WORDS:
        return not (re.search(r"[.!?;]$", bare) or ENGLISH_VERB.search(bare) or RULING.search(bare))
    headed = not re.search(r"[。！!；;，,.]", bare) and len(bare) <= 24
    return headed and (bool(SIGNED.match(bare)) or text.endswith((":", "：")) or not VERB.search(bare))
