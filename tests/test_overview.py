"""The overview: of what kind a support is, whom it is for, what is shown first."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest
from conftest import FakeEmbedder, FakeGenerator, write_documents

from rag import overview
from rag.answer import Answerer
from rag.index import build, load
from rag.overview import (
    MOST_BESIDE,
    MOST_BESIDE_THEM,
    MOST_INTENDED,
    MOST_SHOWN,
    Support,
    aim_of,
    asks_all,
    best_shown,
    kinds_asked,
    people_asked,
    sections,
    supports,
)
from rag.receiver import Receiver, Sort, receiver_of
from rag.types import Answer, Framing, Status, Turn
from rag.understand import understand
from rag.wording import gist_of

TEXT = """朔州市支持创业若干措施

朔政发〔2023〕9号

为支持创业，制定本措施。

一、支持创业

（一）创业担保贷款。返乡农民工创业的，可申请最高20万元的创业担保贷款。

（二）创业补贴。高校毕业生首次创业的，给予社会保险补贴，每人每年3000元。

（三）场地支持。对入驻孵化基地的创业者，免费提供办公场地。

（四）基地建设。对省级返乡创业孵化基地给予50万元资金补助。

（五）税收优惠。从事创业投资的企业和个人，享受所得税优惠政策。

（六）放宽落户。进一步放宽落户条件，取消社保证明。

（七）培训服务。探索建立创业培训补贴制度。目前已组织40名创业者参加培训。

（八）经费保障。各县区要将创业培训经费纳入财政预算，给予补贴。

朔州市人民政府
2023年5月5日
"""


@pytest.fixture(scope="module")
def answerer(tmp_path_factory: pytest.TempPathFactory) -> Answerer:
    folder: Path = tmp_path_factory.mktemp("overview")
    seeds = write_documents(folder / "seeds", [("a.txt", TEXT)])
    build(folder / "home", seeds, FakeEmbedder())
    return Answerer(load(folder / "home", FakeEmbedder().identity), FakeEmbedder())


def lines(answer: Answer, heading: str | None = None) -> list[str]:
    """The lines of an answer; with `heading` those of its claims that stand under it."""
    if heading is None:
        return [line.text for line in answer.lines]
    under, found = False, []
    for line in answer.lines:
        if isinstance(line, Framing):
            under = line.text == heading
        elif under:
            found.append(line.text)
    return found


@pytest.mark.parametrize(
    ("words", "kind"),
    [
        ("社会保险补贴", "补贴奖励"),  # of a compound its last word
        ("享受所得税优惠", "税费"),  # what is given, not to whom (创业投资)
        ("放宽落户条件", "落户住房"),  # what is named first, not the proof that falls away (社保)
        ("免费提供办公场地", "场地用地"),
        ("创业担保贷款", "贷款融资"),
    ],
)
def test_a_support_is_of_the_kind_of_what_is_given(answerer: Answerer, words: str, kind: str) -> None:
    answer = answerer.answer("我在朔州创业，有什么支持？", mode="extractive", whole_list=True)
    line = next(text for text in lines(answer) if words in text)
    assert line.startswith(f"{kind}：")


def test_what_is_for_the_asker_comes_first_and_others_supports_are_left_out(answerer: Answerer) -> None:
    answer = answerer.answer("我是返乡农民工，在朔州创业，有什么支持？", mode="extractive")
    assert any("20万元" in text for text in lines(answer, "写明给您这类人的："))
    assert lines(answer, "没有限定人群的：")
    assert not any("高校毕业生" in text for text in lines(answer))


def test_without_a_group_what_is_only_for_some_is_told_apart(answerer: Answerer) -> None:
    answer = answerer.answer("我在朔州创业，有什么支持？", mode="extractive")
    for_others = lines(answer, "写明给特定人群、企业或机构的：")
    assert any("20万元" in text for text in for_others)
    assert any("3000元" in text for text in for_others)
    assert not any("办公场地" in text or "放宽落户" in text for text in for_others)


def test_what_goes_to_institutions_stays_in_the_whole_list(answerer: Answerer) -> None:
    question = "我在朔州创业，有什么支持？"
    base = "50万元"
    assert not any(base in text for text in lines(answerer.answer(question, mode="extractive")))
    whole = answerer.answer(question, mode="extractive", whole_list=True)
    assert any(base in text for text in lines(whole, "写明给特定人群、企业或机构的："))


def test_groups_named_as_examples_keep_nobody_out(tmp_path: Path) -> None:
    text = TEXT.replace("返乡农民工创业的", "对高校毕业生、返乡农民工等重点群体创业的")
    seeds = write_documents(tmp_path / "seeds", [("a.txt", text)])
    build(tmp_path / "home", seeds, FakeEmbedder())
    asker = Answerer(load(tmp_path / "home", FakeEmbedder().identity), FakeEmbedder())
    answer = asker.answer("我是退役军人，在朔州创业，有什么支持？", mode="extractive")
    assert "20万元" in answer.text
    assert "3000元" not in answer.text  # for graduates alone


def test_to_a_firm_what_is_for_certain_people_counts_less(
    answerer: Answerer, monkeypatch: pytest.MonkeyPatch
) -> None:
    query = understand("我们公司刚搬到朔州，有什么支持？", (), tuple(answerer.index.metadata.values()))
    aim = answerer.embedder.embed_query(aim_of(query.text))

    def scores() -> dict[str, float]:
        found = answerer.search(query)
        return {each.line: each.score for each in supports(query, found, answerer.index, aim)}

    of_firm = scores()
    monkeypatch.setattr(overview, "RUNS_A_FIRM", re.compile("(?!)"))
    of_anybody = scores()
    graduates = next(line for line in of_firm if "3000元" in line)
    premises = next(line for line in of_firm if "办公场地" in line)
    assert of_firm[graduates] < of_anybody[graduates]
    assert of_firm[premises] == of_anybody[premises]


def test_what_is_budgeted_comes_behind_what_is_given(answerer: Answerer) -> None:
    query = understand("我在朔州创业，有什么支持？", (), tuple(answerer.index.metadata.values()))
    aim = answerer.embedder.embed_query(aim_of(query.text))
    ranked = [each.line for each in supports(query, answerer.search(query), answerer.index, aim)]
    budget = next(i for i, text in enumerate(ranked) if "财政预算" in text)
    assert budget > next(i for i, text in enumerate(ranked) if "3000元" in text)


@pytest.mark.parametrize(
    ("question", "told"),
    [
        ("残疾人在朔州创业，有什么支持？", "文件没有写明给残疾人的支持。"),
        ("What support is there in Shuozhou for a disabled person who starts a business?", "(残疾人)"),
        ("我是返乡农民工，在朔州创业，有什么支持？", ""),
        ("我是返乡农民工，孩子也带回来，在朔州创业，有什么支持？", ""),
        ("朔州创业有什么支持？", ""),
    ],
)
def test_a_group_that_no_clause_names_is_told_before_other_supports(
    answerer: Answerer, question: str, told: str
) -> None:
    answer = answerer.answer(question, mode="extractive")
    first = answer.lines[0]
    assert answer.citations
    assert isinstance(first, Framing)
    assert ("没有写明给" in first.text or "name no support" in first.text) == bool(told)
    assert told in first.text
    assert answer.status is (Status.PARTLY if told else Status.ANSWERED)


def test_a_group_is_told_of_each_place_that_does_not_name_it(tmp_path: Path) -> None:
    texts = [
        ("a.txt", TEXT),
        ("b.txt", TEXT.replace("朔州", "晋城").replace("高校毕业生", "残疾人")),
    ]
    seeds = write_documents(tmp_path / "seeds", texts)
    build(tmp_path / "home", seeds, FakeEmbedder())
    asker = Answerer(load(tmp_path / "home", FakeEmbedder().identity), FakeEmbedder())

    def lines(question: str) -> list[str]:
        return [line.text for line in asker.answer(question, mode="extractive").lines]

    apart = lines("残疾人在朔州、晋城创业，有什么支持？")
    assert apart[apart.index("朔州市：") + 1] == "（没有写明给残疾人的支持。）"
    assert "没有写明" not in apart[apart.index("晋城市：") + 1]
    unplaced = asker.answer("残疾人创业，有什么支持？", mode="extractive")
    assert unplaced.scope != ("朔州市",)
    assert "朔州市：" not in unplaced.text.splitlines()
    assert "没有写明给残疾人的支持：朔州市。" in unplaced.text
    nowhere = lines("退役军人在朔州、晋城创业，有什么支持？")
    assert nowhere[0].startswith("文件没有写明给退役军人的支持。")
    assert not any("（没有写明" in line for line in nowhere)
    assert not any("返乡农民工" in line for line in nowhere)


def test_intended_and_done_are_told_apart(answerer: Answerer) -> None:
    answer = answerer.answer("我在朔州创业，有什么支持？", mode="extractive", whole_list=True)
    assert any("探索" in text for text in lines(answer, "文件表示鼓励、探索的："))
    assert any("40名" in text for text in lines(answer, "文件通报已经做的："))


@pytest.mark.parametrize(
    ("question", "whole"),
    [
        ("有什么支持？全部列出来", True),
        ("麻煩列全一點", True),
        ("What support is there? Please give me everything.", True),
        ("有什么支持", False),
        ("市里都给哪些支持", False),
        ("大家都说这里好，有什么支持", False),
        ("有什么支持，都说一下", True),
    ],
)
def test_a_whole_list_is_recognised(question: str, whole: bool) -> None:
    assert asks_all(question) is whole


@pytest.mark.parametrize(
    ("question", "kinds"),
    [
        ("有两件商标，只想了解钱的方面", {"loan", "subsidy", "tax"}),
        ("we own a patent already, is there support?", set()),
        ("知识产权方面有什么支持", {"property"}),
    ],
)
def test_what_one_has_already_is_not_asked_for(question: str, kinds: set[str]) -> None:
    assert kinds_asked(question) == kinds


def test_kinds_are_recognised_in_everyday_words() -> None:
    assert kinds_asked("钱啊税啊办手续啊都想知道") == {"tax", "registration"}
    assert kinds_asked("Can I get a loan or office space?") == {"loan", "space"}


@pytest.mark.parametrize(
    ("question", "group"),
    [
        ("在一所大学教书的，想办公司", "专业技术人员"),
        ("当了六年兵，想开店", "退役军人"),
        ("I'm a French chemist and a firm wants me.", "外国人"),
        ("We are moving here from Hamburg.", "外国人"),
        ("我是返乡农民工", "返乡农民工"),
    ],
)
def test_the_askers_group_is_told_by_everyday_words(question: str, group: str) -> None:
    assert group in people_asked(question)


def test_the_gist_of_a_chinese_line_holds_no_number() -> None:
    gist = gist_of("外籍人才的配偶和未成年子女，可申请居留许可。")
    assert "spouse" in gist
    assert "minor child" in gist
    assert not any(char.isdigit() for char in gist)


def test_who_works_at_an_institute_is_a_researcher() -> None:
    assert "科技人员" in people_asked("我在研究院上班，想自己办公司")
    assert "科技人员" not in people_asked("我想请研究院帮忙")


@pytest.mark.parametrize(
    "question", ["I'm moving back home from Shenyang.", "I'm a Chinese student.", "想开公司"]
)
def test_no_foreigner_is_made_of_somebody_from_here(question: str) -> None:
    assert "外国人" not in people_asked(question)


def support(
    number: int, *, kind: str = "loan", fits: bool = False, named: tuple[str, ...] = (), sort: Sort = "unsaid"
) -> Support:
    receiver = Receiver(sort, certain=bool(named))
    return Support(kind, None, str(number), True, fits, named, receiver, False, -number)  # type: ignore[arg-type]


def test_a_short_list_holds_what_fits_best() -> None:
    listed = [support(number, fits=number % 4 == 0) for number in range(40)]
    assert best_shown(listed, "有什么支持", frozenset()) == listed[:MOST_SHOWN]


def test_a_short_list_leaves_out_institutions_where_enough_is_for_people() -> None:
    listed = [support(number, sort="institution" if number % 2 else "person") for number in range(40)]
    assert {one.receiver.sort for one in best_shown(listed, "有什么支持", frozenset())} == {"person"}
    only = best_shown(listed[1::2], "有什么支持", frozenset())
    assert only
    assert {one.receiver.sort for one in only} == {"institution"}


def test_kinds_asked_for_leave_little_room_for_others_and_none_where_nothing_else_is_wanted() -> None:
    listed = [support(number, kind="loan" if number > 20 else "tax") for number in range(40)]
    shown = best_shown(listed, "贷款和别的有什么支持", frozenset({"loan"}))
    assert sum(one.kind == "loan" for one in shown) > 3
    assert any(one.kind == "tax" for one in shown)
    assert sum(one.kind == "tax" for one in shown) == MOST_BESIDE_THEM
    few = best_shown(listed[:22], "贷款和别的有什么支持", frozenset({"loan"}))
    assert sum(one.kind == "tax" for one in few) == MOST_BESIDE
    only = best_shown(listed, "只问贷款，有什么政策", frozenset({"loan"}))
    assert {one.kind for one in only} == {"loan"}


def test_kinds_asked_for_that_are_for_the_asker_leave_no_room_for_others() -> None:
    own = [support(1, kind="loan", fits=True), support(2, kind="loan")]
    others = [support(number, kind="tax") for number in range(3, 9)]
    assert best_shown([*own, *others], "贷款有什么支持", frozenset({"loan"})) == own
    assert len(best_shown([own[1], *others], "贷款有什么支持", frozenset({"loan"}))) > 2


def test_what_is_meant_for_the_asker_stands_before_what_is_for_anybody() -> None:
    meant = replace(support(1, fits=True), granted=False)
    headings = [heading for heading, _ in sections([support(0), meant, support(2, fits=True)])]
    assert headings == ["for_asker", "intends_for_asker", "for_anybody"]


def test_where_enough_is_for_the_asker_what_is_for_certain_others_is_left_out() -> None:
    own = [support(number, fits=True) for number in range(5)]
    others = [support(number, named=("退役军人",)) for number in range(5, 9)]
    assert best_shown([*others, *own], "有什么支持", frozenset()) == own
    assert best_shown([*others, *own[:2]], "有什么支持", frozenset()) == [*others, *own[:2]]


def test_few_of_mere_intentions_are_shown() -> None:
    meant = [replace(support(number), granted=False) for number in range(8)]
    given = [support(number) for number in range(8, 12)]
    assert best_shown([*meant, *given], "有什么支持", frozenset()) == [*meant[:MOST_INTENDED], *given]


STEPS = """银川市金凤区人民政府关于鼓励创业的办法

第一条  符合条件的个人可以申请最高15万元的创业担保贷款。合伙创业的，贷款总额不超过60万元。

第二条  创业补贴按照下列标准发放：

（一）首次创业的，一次性发放补贴4000元；

（二）再次创业的，一次性发放补贴1000元。

第三条  同时符合下列条件的，可以申请场地补贴：

（一）有固定场地；

（二）连续经营满半年。

第四条  对补贴有异议的，应当在十日内提出复核。骗取补贴的，应当退回。

第五条  本办法的补贴适用本办法第二条规定。

银川市金凤区人民政府
2024年3月1日
"""


@pytest.fixture(scope="module")
def articles(tmp_path_factory: pytest.TempPathFactory) -> Answer:
    folder: Path = tmp_path_factory.mktemp("articles")
    seeds = write_documents(folder / "seeds", [("a.txt", STEPS)])
    build(folder / "home", seeds, FakeEmbedder())
    asker = Answerer(load(folder / "home", FakeEmbedder().identity), FakeEmbedder())
    return asker.answer("我在银川金凤区创业，有什么支持？", mode="extractive", whole_list=True)


def test_sentences_that_follow_each_other_are_one_support(articles: Answer) -> None:
    line = next(text for text in lines(articles) if "15万元" in text)
    assert "合伙创业的，贷款总额不超过60万元" in line


def test_items_stand_in_one_line_behind_their_lead(articles: Answer) -> None:
    claim = next(claim for claim in articles.claims if "4000元" in claim.text)
    assert (
        "创业补贴按照下列标准发放：首次创业的，一次性发放补贴4000元；再次创业的，一次性发放补贴1000元"
        in claim.text
    )
    assert len(claim.marks) == 3


def test_a_lead_brings_the_conditions_that_it_opens(articles: Answer) -> None:
    line = next(text for text in lines(articles) if "场地补贴" in text)
    assert "有固定场地" in line
    assert "满半年" in line
    assert not any(text.endswith("：") for text in lines(articles)[1:] if "补贴奖励" in text)


def test_what_only_handles_a_support_is_none(articles: Answer) -> None:
    assert not any(word in text for text in lines(articles) for word in ("异议", "退回", "适用本办法"))


def test_the_rest_of_a_list_is_given_when_asked_for(answerer: Answerer) -> None:
    question = "我在朔州创业，有什么支持？"
    history = (Turn("user", question), Turn("assistant", "朔州市的支持：……"))
    whole = answerer.answer(question, mode="extractive", whole_list=True)
    for asked in ("全部列出", "请把其余的都列出来"):
        assert lines(answerer.answer(asked, history=history, mode="extractive")) == lines(whole)


def test_the_part_whose_support_fits_best_stands_first() -> None:
    listed = [support(1, named=("退役军人",)), support(2)]
    assert [heading for heading, _ in sections(listed)] == ["for_others", "for_anybody"]
    assert [heading for heading, _ in sections(listed[::-1])] == ["for_anybody", "for_others"]


@pytest.mark.parametrize(
    ("sentence", "sort", "certain"),
    [
        ("对认定为省级示范的孵化基地，给予30万元补助。", "institution", True),
        ("对运营成效明显的，按规定给予建设补助。", "institution", False),
        ("对首次创办企业的，给予一次性补贴。", "person", False),
        ("为中小企业提供融资信息服务。", "firm", False),
        ("为科技型中小企业提供融资服务。", "firm", True),
        ("支持高校、科研院所的科研人员离岗创业。", "person", True),
        ("支持商业银行增设网点。", "institution", True),
        ("支持商业银行改造小微企业信贷流程。", "unsaid", False),  # what comes of it is for small firms
        ("申请人可享受免费培训。", "person", False),
        ("退役军人新办个体经营的，给予补贴。", "person", True),
        ("入驻创业园的，第一年免收租金。", "unsaid", False),  # who moves in is not named
        ("放宽市场主体住所登记条件，推行一址多照。", "person", False),
        ("建立部门联席会议制度，促进更多市场主体发展。", "authority", False),
    ],
)
def test_whom_a_sentence_gives_something(sentence: str, sort: str, certain: bool) -> None:
    receiver = receiver_of(sentence)
    assert (receiver.sort, receiver.certain) == (sort, certain)


ENGLISH = "I want to start a business in Shuozhou. What support is there?"


def test_an_english_overview_is_put_into_english_line_by_line(answerer: Answerer) -> None:
    found = answerer.answer(ENGLISH, mode="extractive")
    loan = next(i for i, claim in enumerate(found.claims) if "20万元" in claim.text)
    line = "Returning migrant workers who start a business can get a loan of up to RMB 200,000. [1]\n"
    replies = [""] * loan + [line] + [""] * len(found.claims)
    composed = Answerer(answerer.index, answerer.embedder, FakeGenerator(*replies)).answer(ENGLISH)
    assert composed.claims[loan].text == (
        "Loans and finance: Returning migrant workers who start a business can get a loan of up to RMB 200,000."
    )
    assert composed.claims[loan].marks == found.claims[loan].marks
    assert [c.text for c in composed.claims[:loan]] == [c.text for c in found.claims[:loan]]
    # What stays Chinese says in English whom and what it is about.
    assert found.claims[loan].text.startswith("Loans and finance (migrant worker returning home, ")


@pytest.mark.parametrize(
    "line",
    [
        "Returning migrant workers can get a loan of up to RMB 300,000.",  # another sum
        "People who start a business can get a loan.",  # the sum and whom it is for left out
    ],
)
def test_an_english_line_that_says_something_else_leaves_the_chinese_one(
    answerer: Answerer, line: str
) -> None:
    found = answerer.answer(ENGLISH, mode="extractive")
    loan = next(i for i, claim in enumerate(found.claims) if "20万元" in claim.text)
    replies = [""] * loan + [f"{line} [1]\n"] + [""] * len(found.claims)
    composed = Answerer(answerer.index, answerer.embedder, FakeGenerator(*replies)).answer(ENGLISH)
    assert composed.claims == found.claims
