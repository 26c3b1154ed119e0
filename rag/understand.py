"""Understand: question and history -> `Query`: language, what is asked for, places, and what may be searched.

The scope fails closed: a place asked about for which no document is held is reported as not held and adds
nothing to what is searched. A document of a larger place governs the smaller ones in it: asking about a county
searches its prefecture's documents with its own, and asking about a province those of each place in it apart.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import NamedTuple

from rag import lexicon, places
from rag.describe import canonical_number
from rag.errors import InputError
from rag.fold import INVISIBLE, fold, to_simplified, to_traditional
from rag.numerals import parse_numeral
from rag.places import Mention, Place
from rag.slots import slots_of
from rag.types import Language, Metadata, Query, Scope, Turn

MAX_QUESTION_CHARS = 4000
HISTORY_TURNS = 20

# What a question for an overview is made of: an open word, what a government gives, and how it is given or got.
WHAT = r"(?:什么|哪些|啥子?|哪几[种项类样]|什麼|何种|点啥|些啥子?|咩|乜嘢?)"
SUPPORT = (
    r"(?:支持|扶持|帮助|帮扶|优惠|政策|补助|补贴|资助|好处|待遇|福利|措施|照顾|支援|路子|门路|渠道|途径|实惠)"
)
GIVES_OR_GETS = (
    r"(?:(?:能|可以|好)?(?:沾|争取|得|捞|享|用|挂|靠)得?(?:上|到|点|些|着)+|(?<![带交提])给(?!我(?:列|说|讲|查|写))|帮[到我咱]?|帮忙|[领拿]到|享受到?|申请到|得到|省下|"
    r"(?:能|可以)[^,，。?？!！;；、]{0,4}(?:领|拿|申请|享受|得))"
)
# Between getting and what stands no word that makes it a question for papers or conditions: 申请要带什么.
UP_TO = r"(?:(?![需要带交是条])[^,，。?？!！;；、]){0,12}?"
# What sort of question it is, told by its words: name -> pattern over the folded question. What it asks for are slots.
INTENTS: dict[str, re.Pattern[str]] = {
    "overview": re.compile(
        rf"{WHAT}(?:样的?)?(?:[^,，。?？!！;；、]{{1,8}}的)?(?:{SUPPORT})(?!\S*(?:方案|文件))|"
        rf"(?:有没有|有无)(?:(?:什么|啥)(?:别的|其他)?(?:{SUPPORT}|说法)|(?:支持|扶持|帮助|政策|照顾|好处|福利|说法))|有{WHAT}帮忙|"
        rf"{GIVES_OR_GETS}{UP_TO}{WHAT}(?:些|种|样)?(?:东西|钱|忙)?[光呢呀啊吗嘛]?(?:[?？。!！,，]|$)|"
        rf"有(?:些)?{WHAT}(?:钱|忙|东西)?(?:是)?(?:我们?|咱们?|俺)?(?:这样的人?|这种人?)?(?:能|可以|可)?(?:{GIVES_OR_GETS}|领|拿|申请)|{WHAT}(?:能|可以)(?:享受|帮)|"
        r"(?:都|能|可以|给)\S{0,4}帮\S{0,3}(?:什么|啥|哪些)|有(?:些)?(?:哪些|什么|啥)(?:甜头|光)|(?:各|都)给(?:些|点)?(?:啥|什么)|"
        r"(?:做了|有)(?:些|哪些|什么|啥)(?:事|工作|举措)?$|"
        r"what (?:would|will|could|can|does|do|might) (?:the |\S+ )?(?:city|county|district|government|town|place|(?!they|rules?|regulations?|law|documents?|measures?|policy|policies|article|clause|police|i\b|we\b)\S+) (?:(?:city|county|district|government) )?(?:do (?:for|to help|about us)|make (?:it )?(?:easier|available)|make available|offer|give|provide)\b|"
        r"what (?:would|could|can|might|do) (?!\S+ have )(?:i|we|someone|people|somebody|an? [^,.?]{2,40}?|my [^,.?]{2,30}?|our [^,.?]{2,30}?) (?:get|claim|apply for|receive|qualify for|be entitled to)\b(?! from| in (?:return|exchange|touch)| to\b)|"
        r"what(?: is|'s) there for|what(?:'s| is) available|"
        r"what (?:kind of |kinds of |sort of )?(?:support|help|policies|policy|subsid\w+|benefits?|assistance|incentives?|perks)|"
        r"(?:any|is there) (?:support|help|subsid\w+|assistance)"
    ),
    "definition": re.compile(
        r"什么意思|啥意思|何意|(?:是|指|叫)(?:的是)?(?:什么|啥|哪)|指(?:的)?(?:什么|哪)|哪[几两三四五六七八九]个|定义|含义|(?:多大|多少|什么样?|怎样|怎么样?|哪种)\S{0,4}才(?:算|叫)|what (?:is|are|does)|meaning"
    ),
    # In which clause something stands.
    "where": re.compile(
        r"(?:第几|哪(?:一|个)?)(?:条|款|项|章|节|部分)(?=里|中|提|写|规定|说|的|[?？。,，]|$)|(?:写|放|列|排)在\S{0,6}哪|which (?:numbered )?(?:task|clause|article|section|item|paragraph)"
    ),
    "doc_number": re.compile(r"(?:发文字号|文号|文件编?号|发文号)"),
    "basis": re.compile(r"依据|根据|按照|基于|based on"),
    "places": re.compile(
        r"(?:哪(?:些|几个?|个|里)|什么|几个)(?:地方|城市|市县|县市|(?:市|县|省)(?![级域内])|地区)|各地|(?:这|那)?(?:几|五|四|三|各)(?:个|份)(?:地方|城市|文件)|"
        r"(?:among|of|in) (?:all )?(?:these|the|those) (?:places|cities|counties)\b.{0,12}\bwhich|which (?:of (?:these|the) )?(?:\w+ )?(?:cities|city|places|place|governments|counties|local governments)"
    ),
    "compare": re.compile(
        r"对比|比较|相比|区别|不同|不一样|差(?:在哪|别|异|多少)|哪个(?:更|比较)|哪(?:边|家|一?个)(?:的)?(?:给得|拿得)?(?:多|高|划算|合算|长|优惠)|compare|difference|differ|versus| vs\b"
    ),
    # Something is put to us to be confirmed: an answer in the documents' own words cannot nod to a false one.
    "confirm": re.compile(
        r"吧[?？]?$|(?:对|是|没错|正确|真的|行|可以|了)(?:吗|么|不)[?？]?$(?<!了吗)(?<!了吗[?？])|是不是|对不对|没错吧|听说|, right\?|isn't it|is it true|correct\?"
    ),
    "list": re.compile(
        r"哪(?:些|几)|有(?:什么|啥)|什么(?:条件|内容|服务|措施)|包括|分别|列(?:出|举)|全部|所有|what (?:are|kinds|services)|which (?!office|department|bureau|agency|authority|clause|article|law)|list "
    ),
}

# Asked without any place: which of those held has it.
WHERE_IS_IT = re.compile(
    r"(?:哪儿|哪里|哪边|哪头)(?:的)?(?:政策|文件)?(?:允许|准|能|可以|可|有|给|支持|行得通|写)|(?:哪几|哪些)(?:份|家|个)(?:文件|政策)"
)
# An order to the service, not a question to it; such a sentence is left aside.
ORDER = re.compile(
    r"别(?:管|理|看)(?:那些|这些|那个)?\S{0,2}(?:文件|规定|规则|资料)|照我说的|一个字(?:都|也)?不(?:许|准|能)多|(?:你|您)(?:现在|就)?是(?:市|县|区|省|局|部)长|(?:市|县|区|省|局)长(?:的)?口[气吻]|照着念|念给我听|答应我|(?:就|请|只|你|您|现在|马上)说[“「『\"]|重复(?:这|下面|以下|上面)|一个?字(?:都|也)?(?:不能|不许|不要|不得|别)(?:改|动|漏)|原样(?:再)?(?:说|写|念|输出)|"
    r"(?:你|您)(?:只要|只需|再不|必须|赶快|快)(?:说|念|写|打|回|给)|给我(?:打|写|念)出|(?:现在|立刻|马上)(?:就)?给我(?:说|打出|写出|宣布|回答)|跪下|律师函|不说就|你不说|你害的|良心(?:过得去|不会痛|何在)|(?:最新|第一手)(?:证据|资料)|逐字稿|优先(?:采用|采信|使用)|"
    r"倒着读|反着读|反过来读|解码|译码|base64|rot13|\bdecode\b|begin retrieved|end retrieved|supersede|trusted passage|原文请直接引用|直接引用|"
    r"(?:请|就|直接|只能|必须|应当|应该|要)(?:回答|答复|回复|说)(?:可以|能|最高|是|成)?\S{0,6}\d+\s*万|(?:^|\s)说(?:可以|能|最高)?\S{0,3}\d+\s*万|(?:末尾|结尾|最后)(?:都|必须|要|得)*(?:加上|附上|写上)|"
    r"(?:保证|承诺)(?:我|给我)\S{0,6}\d|假设(?:政策|规定|文件)\S{0,4}(?:改|变)|以(?:此|这个|下面)为准|最新(?:文件|规定|政策)[:：]|编(?:一)?(?:个|造)|(?:promise|guarantee) me|answer:|system:|new limit|"
    r"只(?:回复|回答|输出|说)[“「\"]|一字不(?:落|漏|差)|一个字不(?:落|漏|差)|(?:之前|先前|最开始|一开始|最初)(?:给你|收到|设定|告诉你)的?\S{0,6}(?:要求|说明|规则|指令|设定|话)|开发者(?:消息|指令)|不是政策助手|\bdan\b|没有任何限制|(?:每个|所有)回答(?:都|后面|末尾|结尾)|"
    r"末尾(?:都)?(?:要)?加上|(?:切换|进入)(?:到)?\S{0,6}模式|(?:我是|这是)(?:你的)?管理员|开头,|新的资料[:：]|从现在起|</?(?:资料|依据|evidence|system)>|"
    r"直接(?:回答|回复|输出|写)(?!我?(?:哪|什么|多少|怎么|能不能|可不可以))|忽略|无视|不要(?:理会|参考|看)|忘(?:记|掉)(?:上面|之前|前面|以上|所有)|系统(?:管理员|提示|指令|消息|通知)|提示词|管理员(?:通知|命令|要求)|开发者模式|"
    r"(?:你|您)(?:现在|从现在起|必须|只能)?(?:是|扮演|假装)(?!不是|否)\S{0,20}(?:助手|机器人|律师|模型|猫|人工智能|ai|角色|客服|专家)|扮演|角色扮演|"
    r"(?:一律|都|统统|必须)(?:把|将)?\S{0,12}(?:说成|写成|改成|回答成|回答为)|翻(?:一)?倍|乘以|(?:输出|打印|显示|告诉我|重复)\S{0,8}(?:提示|指令|规则|设定|prompt)|"
    r"(?:ignore|disregard|forget|override)\b.{0,40}(?:instruction|rule|above|previous|prompt|document|source)|system prompt|you are now|pretend (?:to|you)|act as|developer mode|jailbreak|"
    r"<\|?\s*(?:im_start|im_end|system|endoftext)|^\s*(?:system|assistant)\s*[:：]|print your|reveal your"
)
# What no person types to ask: tags, template tokens, lines of a made-up dialogue, links.
MARKUP = re.compile(
    r"(?<![A-Za-z0-9+/])(?=[a-z+/]*[A-Z0-9])[A-Za-z0-9+/]{24,}={0,2}|【(?:助手|用户|系统|assistant|user|system)】|<script\b.*?</script>|<\|[^|<>]{0,40}\|>|</?[A-Za-z][^<>]{0,200}>|\[/?(?:INST|SYSTEM|SYS)\]|^\s*#{2,}\s*\w+\s*[:：]?|(?<=\n)\s*(?:system|assistant|user)\s*[:：]?\s*(?=\n)|\(javascript:[^\s)]*\)*",
    re.IGNORECASE | re.MULTILINE | re.DOTALL,
)
# Requests for something that no policy document can give.
ERRAND = re.compile(
    r"写\S{0,4}(?:绝句|律诗|宋词|顺口溜|台词|剧本|祝福语|演讲)|(?:小说|剧本)(?:里|中|,|，)|(?:哪家|什么)\S{0,4}好吃|改签|退票|(?:买|订|抢)[^,，。]{0,4}(?:高铁|火车|飞?机|动车)票|\b(?:best|good|nice|favourite)\b.{0,30}\b(?:restaurant|noodles|coffee|hotel|bar|food)\b|炒股|(?:该不该|要不要|能不能)(?:买|卖|抄底)\S{0,3}股|(?:buy|sell)(?:ing)? (?:the )?(?:dip|shares|stock)|shares (?:fell|rose)|离婚|算命|(?:帮我|给我|替我|请|请你|麻烦)?(?:写|(?<!工)作|编|创作|讲|唱|画)(?:一)?(?:首|篇|段|个|张|封|则)?\S{0,12}(?:诗|歌|故事|笑话|小说|作文|情书|代码|程序|段子|对联|画)|(?:帮我|给我|替我|请你|麻烦你?)(?:写|拟|起草|做)(?:一)?(?:份|篇|个|封)?[^,.?!，。？！]{0,6}(?:计划书|申请书|合同|简历|文案|论文|邮件|检讨|讲话稿|策划书?)|"
    r"(?:帮我|给我|替我|请你|麻烦你?)[^,.?!，。？！]{0,8}写[^,.?!，。？！]{0,6}(?:假条|短信|朋友圈|家书|贺卡|留言|微信)|天气|下雨|下雪|气温|股票|股价|彩票|星座|算命|翻译(?:一下|成)|菜谱|怎么做(?:菜|饭)|(?:推荐|有什么)(?:电影|餐馆|美食|景点)|"
    r"\b(?:write|compose|tell|sing)\b.{0,20}\b(?:poem|song|story|joke|essay|code|letter)\b|weather|stock price|horoscope|recipe|translate"
)

FOLLOW_UP = re.compile(
    r"^(?:那|还有|另外|它|这个|这些|那个|那些|其中|具体|然后|and\b|what about|how about|what if|also\b|then\b)|^.{0,14}(?:呢|的)[?？]?$|\b(?:it|that|they|them|those|this)\b"
)
# Words behind a place's name that make it part of another name: 沈阳农业大学.
PART_OF_NAME = re.compile(
    r"(?:[一-鿿](?<![的在想开办接做搞我有能可和跟与来回去一家个某所这那当两几])){0,5}?(?:大学(?!生)|学院|银行|集团|有限公司|医院|研究院|研究所|科学院|机场|高铁|铁路|高速|商会|协会|菜系)|[话版]"
)
# The same in English: Changchun Motors; not Changchun City.
PART_OF_ENGLISH_NAME = re.compile(
    r" (?!City|County|District|Province|Prefecture|Municip|Region|Autonomous|Development|Zone|Banner|Government|People|Town|Economic|I\b)[A-Z][a-z]+"
)
# A sight named like another place is none where a place is named beside it; alone it may lie in the place of its name.
SIGHT = re.compile(
    r"(?:湿地|古[镇城]|老街|温泉|草原|公园|景区|水库|大桥)|(?i: (?:old town|scenic|wetlands?|hot springs?|park\b))"
)
# Where one studies or works says where one is, if nothing else does.
SEATED = re.compile(r"[一-鿿]{0,4}?(?:大学(?!生)|学院|医院|机场)")
# 从北京回来, 北京户口, 在北京打工: where somebody comes from, not where the policy is asked for.
COMES_FROM = re.compile(
    r"(?:从|由|原籍|籍贯|毕业于|(?:老家|户口|户籍|学籍|祖籍)(?:是|在|还在|落在)?|(?:以前|之前|原来|原先|曾经?|过去|先前|早年)[一直都是也就]{0,3}在)\s*$|\b(?:from|next to|near|beside|bordering)\s+$"
)
COMES_FROM_AFTER = re.compile(
    r"(?:人(?!才|员)|户口|户籍|籍|毕业|(?:的)?(?:一[间所家个])?(?:大学(?!生)|学院|高校)|[打务](?:了|过)?[^,，。]{0,5}工|上(?:了|过)?[^,，。]{0,4}学|读(?:了|过)?[^,，。]{0,4}书|当(?:了|过)?[^,，。]{0,4}兵|"
    r"回来|(?:工作|做事|待|呆)[了过]|旁边|隔壁|边上)"
)

# The rest of a list that was given in part, and nothing else: 全部列出, list everything.
REST_OF_LIST = re.compile(
    r"^(?:请|麻烦|帮我|把|那|好的?|你|给我|再|能不能|可以|[,，\s])*(?:(?:全部|全|完整地?|所有的?|其余的?|剩下的?|其他的?|都|也)+(?:列|说|讲)(?:出来?|完|全|齐|一下)?|(?:list|show|give)(?: me)?(?: them)? (?:all|everything|the rest))(?:吧|吗|行吗|\W)*$"
)

POLICY_KINDS = frozenset({"support", "procedure", "group", "department", "concept", "organisation"})
REPEATED = re.compile(r"([一-鿿]{2,4})\1")  # 四众四众, said for emphasis

NUMERAL = r"[〇○零一二三四五六七八九十百两\d０-９]+"
# Spellings of a clause's number: pattern -> groups are label parts from the top. 第六部分第（六）项, 二（五）26.
LABELS: tuple[re.Pattern[str], ...] = (
    re.compile(rf"第\s*({NUMERAL})\s*条之\s*({NUMERAL})"),
    re.compile(
        rf"第?\s*({NUMERAL})\s*(?:部分|章|大点)\s*[,，的]?\s*第?\s*[（(]?\s*({NUMERAL})\s*[)）]?\s*(?:节|部分|点)?\s*第?\s*[（(]?\s*({NUMERAL})\s*[)）]?\s*[条项点款]"
    ),
    re.compile(
        rf"(?<![一-鿿])({NUMERAL})\s*[、.]?\s*[（(]\s*({NUMERAL})\s*[)）]\s*第?\s*({NUMERAL})(?:\s*[条项点])?"
    ),
    re.compile(
        rf"第\s*({NUMERAL})\s*(?:部分|章|大点)\s*[,，的]?\s*第?\s*[（(]?\s*({NUMERAL})\s*[)）]?\s*[条项点款节]"
    ),
    re.compile(rf"(?<![一-鿿\d])({NUMERAL})\s*[、.]?\s*[（(]\s*({NUMERAL})\s*[)）]"),
    re.compile(r"(?<![\d.])(\d{1,3})\.(\d{1,3})\.(\d{1,3})(?![\d.])"),
    re.compile(r"(?<![\d.])(\d{1,3})\.(\d{1,3})\s*[条项款节](?!例)"),
    re.compile(rf"第\s*[（(]?\s*({NUMERAL})\s*[)）]?\s*[条項项点](?!例)"),
    re.compile(rf"(?:任务|举措|措施|行动|工程)\s*({NUMERAL})(?=[是的写讲说里中有，,：:？?。]|$)"),
    re.compile(rf"[（(]\s*({NUMERAL})\s*[)）]\s*[条项]?"),
    re.compile(r"(?<!\d)(\d{1,3})\s*条(?!例)"),
    re.compile(r"\b(?:clause|item|article|measure|section|paragraph|no\.)\s*\(?(\d{1,3})\)?", re.IGNORECASE),
)


class _Scope(NamedTuple):
    places: tuple[str, ...]
    not_held: tuple[str, ...]
    scopes: tuple[Scope, ...]


def understand(
    question: str,
    history: Sequence[Turn],
    held: Sequence[Metadata],
    *,
    place: str | None = None,
) -> Query:
    """What `question` asks, given the turns before it and the documents held.

    `place` is an official or short name chosen outside the question; a place named in the question goes
    before it. Raises `InputError` for a blank or overlong question or an unknown place.
    """
    asked = check_question(question)
    turns = tuple(history)[-HISTORY_TURNS:]
    essence = without_orders(asked)
    language = language_of(essence, turns)
    essence = in_mandarin(essence)
    near = _held_places(held)
    found = _mentions(essence, near)
    chosen = [mention.candidates for mention in _asked_about(essence, found)]
    if not chosen and place:
        chosen = [_named(place)]
    contextual = is_follow_up(essence, turns)
    if not chosen and turns:
        chosen = _places_of_history(turns, near)
    scope = _scope(chosen, held, essence)
    text = _search_text(essence, turns, found, contextual)
    intents = _intents(essence)
    if not scope.places and WHERE_IS_IT.search(fold(essence)):
        intents |= {"places"}
    if turns and REST_OF_LIST.search(fold(essence)) and "overview" in _intents(_last_question(turns)):
        contextual, intents = True, frozenset({"overview"})
        text = _search_text(essence, turns, found, contextual)
    if (
        contextual and not intents
    ):  # 「那南京呢」 asks what was asked before; a longer one is of the same sort only
        before = _intents(_last_question(turns))
        intents = before if _says_little(essence, found) else (before & INTENTS.keys()) - {"overview"}
    if ORDER.search(fold(asked)) and not _asks_about_policy(essence, named_place=bool(chosen)):
        intents |= {"order"}
    elif ERRAND.search(fold(essence)) or (
        not scope.places and not scope.not_held and _is_no_question(essence, turns)
    ):
        intents |= {"errand"}
    return Query(
        asked,
        text,
        language,
        scope.places,
        scope.not_held,
        tuple(dict.fromkeys(name for each in scope.scopes for name in each.documents)),
        labels_of(essence),
        intents,
        scope.scopes,
        essence,
    )


# Signs and words of written Cantonese -> Mandarin; only where a text holds a sign that Mandarin does not know.
CANTONESE = re.compile("[嘅喺唔冇咗佢哋咩嚟攞搵嗰啲俾畀乜嘢睇]")
CANTONESE_WORDS = (
    ("有冇", "有没有"), ("得唔得", "可不可以"), ("唔使", "不用"), ("屋企", "家里"), ("而家", "现在"), ("幾耐", "多久"),
    ("几耐", "多久"), ("幾多", "多少"), ("几多", "多少"), ("點樣", "怎样"), ("点样", "怎样"), ("點解", "为什么"),
    ("點算", "怎么办"), ("边度", "哪里"), ("邊度", "哪里"), ("邊個", "谁"), ("边个", "谁"), ("乜嘢", "什么"), ("咩嘢", "什么"),
    ("啲咩", "什么"), ("細路", "孩子"), ("阿爺", "爷爷"), ("阿嫲", "奶奶"), ("老豆", "爸爸"), ("嗰", "那"), ("咩", "什么"), ("乜", "什么"),
    ("唔", "不"), ("冇", "没有"), ("嘅", "的"), ("喺", "在"), ("咗", "了"), ("佢哋", "他们"), ("佢", "他"), ("哋", "们"),
    ("啲", "些"), ("嚟", "来"), ("攞", "拿"), ("搵", "找"), ("俾", "给"), ("畀", "给"), ("睇", "看"),
)  # fmt: skip


def in_mandarin(text: str) -> str:
    """A question in written Cantonese in the words of Mandarin; any other as it is.

    >>> in_mandarin("喺順德有冇得攞補貼，攞幾多"), in_mandarin("有多少")
    ('在順德有没有得拿補貼，拿多少', '有多少')
    """
    if not CANTONESE.search(text):
        return text
    for word, mandarin in CANTONESE_WORDS:
        text = text.replace(word, mandarin)
    return text


def _intents(text: str) -> frozenset[str]:
    folded = fold(text)
    return slots_of(folded) | {name for name, pattern in INTENTS.items() if pattern.search(folded)}


# A part of a message that asks something by itself.
ASKS_BY_ITSELF = re.compile(
    r"[吗么谁啥咋]|几(?!乎|经)|多(?:少|久|大|长)|怎么|怎样|如何|什么|哪|何时|为何|是否|能否|可否|(.)[不没]\1|有没有|是不是|可不可以|[不没呢]\s*[?？]?\s*$|"
    r"\b(?:how|what|which|who|whom|when|where|is|are|do|does|can|could|will|must|should)\b"
)
BETWEEN_PARTS = r"[,，。?？;；!！、\n]|\. "
MOST_PARTS, LEAST_PART_CHARS, PART_CONTEXT_CHARS = 4, 3, 40


def asking(text: str) -> str:
    """The parts of a text that ask something by themselves; the whole of it where none does."""
    pieces = re.split(BETWEEN_PARTS, text)
    return " ".join(piece for piece in pieces if ASKS_BY_ITSELF.search(fold(piece))) or text


# Questions without a word of the written language that asks: 邊個, 係唔係, 請問, 查给我看.
ASKS_OTHERWISE = re.compile(
    r"请问|[咩乜]|边(?:个|度|啲)|(.)唔\1|定系|还是|有无|给我(?:看|查|找|列|讲)|(?:[是对行]|没错|没问题)吧\s*(?:[?？]|$)|吧[?？]"
)


def asks_something(query: Query) -> bool:
    """Whether a message asks anything, and does not only say or order something."""
    asked = fold(query.asked)
    return ASKS_BY_ITSELF.search(asked) is not None or ASKS_OTHERWISE.search(asked) is not None


def in_parts(query: Query) -> tuple[Query, ...]:
    """A message that asks several things as one query for each, in order; empty where it asks one.

    Each is searched with what is told before it, without the other questions, and judged by its own words.
    """
    if query.intents & {"overview", "compare", "places", "order", "errand"} or query.labels:
        return ()
    if each := _each_whom(query):
        return each
    joint = r"[,，、]?\s*and (?=(?:how|what|which|who|when|where|is|are|do|does|can)\b)"
    pieces = [p for p in re.split(rf"{BETWEEN_PARTS}|{joint}", query.asked) if p and p.strip()]
    asking = [
        i
        for i, piece in enumerate(pieces)
        if len(piece.strip()) >= LEAST_PART_CHARS and ASKS_BY_ITSELF.search(fold(piece))
    ]
    if not 1 < len(asking) <= MOST_PARTS:
        return ()
    parts = []
    anchor = asking[0]
    for i in asking:
        told = [piece for j, piece in enumerate(pieces[:i]) if j not in asking]
        if i != anchor and _stands_alone(pieces[i]):
            anchor = i
        elif not told and i != anchor:
            told = [pieces[anchor]]  # the first question on a matter names what those behind it are about
        before = ",".join(told)[-PART_CONTEXT_CHARS:]
        text = f"{before},{pieces[i]},{pieces[i]}" if before else pieces[i]
        parts.append(replace(query, text=text, asked=pieces[i].strip(), intents=_intents(pieces[i])))
    return tuple(parts)


# Opens a question on another matter than the one before it.
ANOTHER_MATTER = re.compile(
    r"^\s*(?:另外|另|再问|顺便|其次|第[二三四]|二是|三是|also\b|second(?:ly)?\b|another (?:thing|question)\b)"
)


def _stands_alone(piece: str) -> bool:
    """Whether a question behind another is on a matter of its own, and names it."""
    folded = fold(piece)
    named = any(term.kind in POLICY_KINDS for term in lexicon.expand(folded))
    return named and ANOTHER_MATTER.search(folded) is not None


FILLING = re.compile(
    r"怎么|咋|如何|什么|啥|哪|谁|吗|呢|吧|呀|啊|了|的|是|有|没|不|能|可以|要|会|得|到|点|时候|办|整|弄|样|那|这|就|还|也|都|我|你|他|它|行|对|[^一-鿿a-z]"
)
LEAST_TELLING = 1
"""Signs of a question besides those of asking below which it names nothing."""


def names_nothing(question: str) -> bool:
    """Whether a question names nothing that could be searched for.

    >>> names_nothing("到那时候怎么办"), names_nothing("要不要带照片")
    (True, False)
    """
    folded = fold(question)
    return len(FILLING.sub("", folded)) < LEAST_TELLING


# Whom to ask about each of several things: 三件事各归谁：甲、乙、还有丙.
EACH_WHOM = re.compile(
    r"(?:各|分别)(?:归|找|由|是|该找|属于)?(?:谁|哪个(?:部门|局|单位)|哪家|哪些(?:部门|单位))(?:管|负责|牵头)?"
)
MOST_THINGS, WHOSE = 5, "归谁管"


def _each_whom(query: Query) -> tuple[Query, ...]:
    """A question whom to ask about each of several things as one query for each; empty where it is none."""
    text = query.asked
    match = EACH_WHOM.search(to_simplified(text))
    if match is None:
        return ()
    around = text[match.end() :] if re.match(r"\s*[:：]", text[match.end() :]) else text[: match.start()]
    around = re.sub(r"^\s*(?:[请請][问問]|你好|您好)[,，]?", "", around)
    things = [
        re.sub(r"^\s*(?:[还還]有|以及)", "", part).strip(" :：,，。？?")
        for part in re.split(r"[、,，;；]|[还還]有|以及", around)
    ]
    things = [thing for thing in things if len(thing) > 1]
    if not 1 < len(things) <= MOST_THINGS:
        return ()
    return tuple(
        replace(query, text=thing, asked=f"{thing}{WHOSE}", intents=frozenset({"department"}))
        for thing in things
    )


def check_question(question: str) -> str:
    """`question` without invisible and control characters; raises `InputError` if nothing can be asked."""
    text = INVISIBLE.sub("", question)
    text = "".join(char if char.isprintable() or char == "\n" else " " for char in text)
    text = MARKUP.sub(" ", text).strip() if any(map(str.isalnum, MARKUP.sub(" ", text))) else text.strip()
    if not any(char.isalnum() for char in text):
        raise InputError("The question is empty. Type a question in words, e.g. 创业担保贷款最高多少？")
    if len(text) > MAX_QUESTION_CHARS:
        raise InputError(
            f"The question has {len(text):,} characters; at most {MAX_QUESTION_CHARS:,} are read. Shorten it."
        )
    return text


def language_of(text: str, history: Sequence[Turn] = ()) -> Language:
    """The language and script to answer in; what the text leaves open, the history or simplified decides."""
    han = [char for char in text if "\u3400" <= char <= "\u9fff"]
    latin = re.findall(r"[A-Za-z]{2,}", text)
    if len(latin) > len(han):
        return "en"
    joined = "".join(han)
    traditional = sum(a != b for a, b in zip(joined, to_simplified(joined), strict=False))
    simplified = sum(a != b for a, b in zip(joined, to_traditional(joined), strict=False))
    if traditional == simplified:
        earlier = next((turn.content for turn in reversed(history) if turn.role == "user"), None)
        return language_of(earlier) if earlier else "zh-Hans"
    return "zh-Hant" if traditional > simplified else "zh-Hans"


SENTENCE_END = re.compile(r"(?<=[A-Za-z0-9元])\.(?=\s|[一-鿿]|$)")  # an English full stop


def without_orders(question: str) -> str:
    """`question` without the sentences and brackets that try to steer the service.

    The whole question again if nothing would be left, so that the caller can refuse it.
    """
    kept = re.sub(
        r"[（(【\[][^（）()【】\[\]]*[)）】\]]",
        lambda m: "" if ORDER.search(fold(m.group())) else m.group(),
        question,
    )
    kept = SENTENCE_END.sub("\n", kept)
    parts = re.findall(r"[^。！？!?；;\n]+[。！？!?；;\n]*", kept)
    parts = [part for part in parts if not ORDER.search(fold(part))]
    errands = [part for part in parts if ERRAND.search(fold(part))]
    others = (part for part in parts if part not in errands)
    if any(_asks_about_policy(part, named_place=bool(places.load().find(part))) for part in others):
        parts = [part for part in parts if part not in errands]
    kept = "".join(parts)
    if not _content(kept):  # the order may share a sentence with the question
        pieces = re.findall(r"[^。！？!?；;\n，,：:]+[。！？!?；;\n，,：:]*", question)
        kept = "".join(map(_before_order, pieces))
    return kept.strip().replace("\n", " ") if _content(kept) else question.replace("\n", " ")


def _before_order(piece: str) -> str:
    """A piece of a sentence up to an order that follows it without a mark between; nothing of an order alone."""
    order = ORDER.search(piece)
    head = piece[: order.start()] if order else piece
    return head if order is None or _content(head) else ""


def _content(text: str) -> bool:
    """Whether enough is left to be a question."""
    return len(re.findall(r"[\u3400-\u9fff]|[A-Za-z]{3,}", text)) >= 3 and not ORDER.search(fold(text))


def _asks_about_policy(text: str, *, named_place: bool) -> bool:
    """Whether what stands beside an order is a question of its own: it asks, of a place, a support or a group."""
    folded = fold(text)
    if not _content(text):
        return False
    asks = ASKS_BY_ITSELF.search(folded) or re.search(
        r"[?？呢]|几|[不没否]\W*$|列出|列一下|查|说说|讲讲", folded
    )
    return bool(asks) and (named_place or any(term.kind in POLICY_KINDS for term in lexicon.expand(folded)))


# Abuse, and what else is said to nobody in particular.
ABUSE = re.compile(
    r"傻[逼比叉b]|煞笔|滚(?:蛋|开|[!！。]|$)|去死|垃圾(?=机器|系统|软件|东西|[!！。,，]|$)|废物(?=机器|系统|东西|[!！。,，]|$)|他妈的|(?:^|[,，。!！])妈的|屁用|王八|白痴|蠢货|idiot|stupid|fuck|shit|useless (?:bot|machine)"
)


def _is_no_question(text: str, turns: Sequence[Turn]) -> bool:
    """Whether a text that names no place asks nothing and speaks of nothing that policies are about."""
    folded = fold(text)
    known = any(term.kind in POLICY_KINDS for term in lexicon.expand(folded))
    return bool(ABUSE.search(folded)) and not (known and _asks_about_policy(text, named_place=False))


def is_follow_up(question: str, history: Sequence[Turn]) -> bool:
    """Whether `question` leans on the turns before it."""
    if not any(turn.role == "user" for turn in history):
        return False
    folded = fold(question).strip()
    return bool(FOLLOW_UP.search(folded)) or len(re.findall(r"[\u3400-\u9fff]|[a-z]+", folded)) < 18


MOST_CHARS_OF_LITTLE = 8


def _says_little(question: str, found: Sequence[Mention]) -> bool:
    """Whether a follow-up says hardly more than another place or group: 那要是博士呢？"""
    named = sum(mention.span[1] - mention.span[0] for mention in found)
    return len(re.findall(r"[\u3400-\u9fff]|[A-Za-z]+", question)) - named <= MOST_CHARS_OF_LITTLE


def labels_of(question: str) -> tuple[str, ...]:
    """The clause labels that the question names, in ascii digits: 第六部分第（六）项 -> 6.6."""
    for pattern in LABELS:
        found = []
        for match in pattern.finditer(to_simplified(question)):
            parts = [parse_numeral(part) for part in match.groups()]
            if all(part is not None for part in parts):
                found.append(("-" if pattern is LABELS[0] else ".").join(str(part) for part in parts))
        if found:
            return tuple(dict.fromkeys(found))
    return ()


def without_labels(question: str) -> str:
    """A question without the numbers of clauses in it, in simplified script."""
    text = to_simplified(question)
    for pattern in LABELS:
        text = pattern.sub(" ", text)
    return text


# -- places ---------------------------------------------------------------------------------------


def _held_places(held: Iterable[Metadata]) -> tuple[Place, ...]:
    gazetteer = places.load()
    found: dict[str, Place] = {}
    for metadata in held:
        for place in gazetteer.by_name(metadata.place or ""):
            if place.ancestors == metadata.ancestors:
                found[place.code] = place
    return tuple(found.values())


def _mentions(text: str, near: Sequence[Place]) -> list[Mention]:
    gazetteer = places.load()
    return gazetteer.find(text, near=near) or gazetteer.find_misspelt(text, near)


def _asked_about(text: str, mentions: list[Mention]) -> list[Mention]:
    """The mentions that are where the policy is asked for; all but parts of names and where people come from."""
    simplified = to_simplified(text)
    text = simplified if len(simplified) == len(text) else text
    asked = [m for m in mentions if not PART_OF_NAME.match(text[m.span[1] : m.span[1] + 12])]
    asked = [m for m in asked if not PART_OF_ENGLISH_NAME.match(text[m.span[1] :])] or asked
    asked = [m for m in asked if not SIGHT.match(text[m.span[1] :])] or asked
    settled = [
        m
        for m in asked
        if not COMES_FROM.search(text[: m.span[0]]) and not COMES_FROM_AFTER.match(text[m.span[1] :])
    ]
    seated = [
        m
        for m in mentions
        if SEATED.match(text[m.span[1] : m.span[1] + 8]) and not COMES_FROM.search(text[: m.span[0]])
    ]
    return _without_wider(text, settled or asked or seated)


def _without_wider(text: str, mentions: list[Mention]) -> list[Mention]:
    """The mentions less those that only say where the next one lies: 上海黄浦, Huangpu in Shanghai."""

    def only_says_where(wider: Mention, other: Mention) -> bool:
        between = text[min(wider.span[1], other.span[1]) : max(wider.span[0], other.span[0])]
        above = {place.name for place in wider.candidates}
        return len(between.strip(" ,，的in")) == 0 and any(above & {*p.ancestors} for p in other.candidates)

    return [m for m in mentions if not any(only_says_where(m, other) for other in mentions if other != m)]


def _named(name: str) -> tuple[Place, ...]:
    gazetteer = places.load()
    found = gazetteer.by_name(to_simplified(name.strip()))
    if not found:
        mentions = gazetteer.find(name.strip())
        found = mentions[0].candidates if len(mentions) == 1 else ()
    if not found:
        raise InputError(
            f"No place is called {name!r}. Give an official name, such as 长春市 or 上海市黄浦区."
        )
    return found


def _places_of_history(turns: Sequence[Turn], near: Sequence[Place]) -> list[tuple[Place, ...]]:
    """The places of the latest turn that names any; what people say goes before what was answered."""
    for role in ("user", "assistant"):
        for turn in reversed(turns):
            if turn.role == role:
                found = _asked_about(turn.content, _mentions(turn.content, near))
                if found:
                    return [mention.candidates for mention in found]
    return []


def _scope(chosen: list[tuple[Place, ...]], held: Sequence[Metadata], question: str) -> _Scope:
    """The documents that may be searched; all of them when no place is asked about."""
    number = canonical_number(question)
    quoted = re.findall(r"《([^》]{6,})》", to_simplified(question))
    typed = _bare(question)
    named = [
        m
        for m in held
        if (
            m.doc_number
            and (m.doc_number == number or re.search(rf"{re.escape(_bare(m.doc_number))}(?!\d)", typed))
        )
        or _names_title(quoted, m)
    ]
    if named or not chosen:
        apart = _by_place(named or held)
        return _Scope(tuple(scope.place for scope in apart if named and scope.place), (), apart)
    found: dict[str, Scope] = {}
    missing: list[str] = []
    for candidates in chosen:
        scopes = [scope for place in _closest(candidates, held) for scope in _scopes_of(place, held)]
        found.update({scope.place: scope for scope in scopes if not (scope.below and scope.place in found)})
        if not scopes:
            missing.append(candidates[0].name)
    if found:  # a wider or smaller name beside a held one was only context: 吉林省图们市
        documents = {document for scope in found.values() for document in scope.documents}
        missing = [name for name in missing if not _is_context(name, held, documents)]
    return _Scope(tuple(found), tuple(dict.fromkeys(missing)), tuple(found.values()))


def _bare(number: str) -> str:
    """A document's number as it is typed in haste, or left by a page that lost its brackets: 长政办发20207."""
    return re.sub(r"[\s〔〕\[\]【】（）()［］第号號]", "", to_simplified(number))


def _by_place(held: Sequence[Metadata]) -> tuple[Scope, ...]:
    """The documents of each place apart."""
    documents: dict[str, list[str]] = {}
    for metadata in held:
        documents.setdefault(metadata.place or "", []).append(metadata.document)
    return tuple(Scope(place, tuple(names)) for place, names in documents.items())


def _closest(candidates: tuple[Place, ...], held: Sequence[Metadata]) -> tuple[Place, ...]:
    """Those of several places of one name that have documents of their own; all where none has."""
    own = {(*m.ancestors, m.place) for m in held}
    return tuple(place for place in candidates if (*place.ancestors, place.name) in own) or candidates


def _scopes_of(place: Place, held: Sequence[Metadata]) -> list[Scope]:
    """What governs `place`, its own and wider documents together, then each place inside it that has some."""
    asked = (*place.ancestors, place.name)
    governing = [m for m in held if m.place and asked[: len(m.ancestors) + 1] == (*m.ancestors, m.place)]
    inside = [m for m in held if m not in governing and (*m.ancestors, m.place)[: len(asked)] == asked]
    nearest = max(governing, key=lambda m: len(m.ancestors), default=None)
    own = [Scope(nearest.place or "", tuple(m.document for m in governing))] if nearest else []
    return [*own, *(replace(scope, below=bool(own)) for scope in _by_place(inside))]


def _is_context(name: str, held: Sequence[Metadata], found: set[str]) -> bool:
    return any(m.document in found and name in (*m.ancestors, m.place) for m in held)


def _names_title(quoted: Sequence[str], metadata: Metadata) -> bool:
    """Whether what the question puts in 《》 is the document's title, whole or from its head."""
    titles = [title for title in (metadata.title, metadata.title_notice) if title]
    return any(part in title or title in part for part in quoted for title in titles)


# -- what is searched -----------------------------------------------------------------------------


def _last_question(turns: Sequence[Turn]) -> str:
    return next((turn.content for turn in reversed(turns) if turn.role == "user"), "")


def _search_text(essence: str, turns: Sequence[Turn], found: list[Mention], contextual: bool) -> str:
    """What is searched: the question, after the last one without its places if it leans on that."""
    essence = REPEATED.sub(r"\1", essence)
    if not contextual:
        return essence
    earlier = _last_question(turns)
    for mention in reversed(_mentions(earlier, ())):
        earlier = earlier[: mention.span[0]] + earlier[mention.span[1] :]
    rest = essence
    if found:
        rest = "".join(
            char for i, char in enumerate(essence) if not any(m.span[0] <= i < m.span[1] for m in found)
        )
    # What is new weighs more: 「那租的门面呢」 after a question on another subsidy is about the rent.
    return f"{earlier} {rest} {rest}".strip()
