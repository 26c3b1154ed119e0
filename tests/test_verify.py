"""Drafted claims against evidence: what stands, what is cited anew, replaced or dropped."""

from __future__ import annotations

import pytest

from rag.types import Clause, Evidence, Language, Metadata, Outcome, Span
from rag.verify import stated, verify, verify_translation


def evidence(text: str, label: str = "1.1") -> Evidence:
    clause = Clause("d.txt", label, "measure", ("资金支持",), Span(0, len(text)), text)
    return Evidence(clause, Metadata("d.txt", place="长春市"), Span(0, len(text)), text, text)


LOAN = evidence("(三)对高校毕业生、退役军人自主创业的,可申请最高20万元的创业担保贷款,期限不超过3年。")
FUNDS = evidence("2020年预算安排服务业发展专项资金指标200万元、科技专项资金指标100万元。", "1.3")
RENT = evidence("对租用场地的,给予每年5000元的租金补贴,已享受其他租金补贴的除外。", "1.2")


@pytest.mark.parametrize(
    "line",
    [
        "高校毕业生和退役军人自主创业，可申请最高20万元的创业担保贷款。[1]",
        "可申请最高二十万元的创业担保贷款。[1]",
        "创业担保贷款期限不超过3年。[1]",
        "可申请最高20万元的创业担保贷款。【1】",
    ],
)
def test_a_faithful_claim_stands(line: str) -> None:
    assert verify(line, [LOAN, RENT], "zh-Hans").outcome is Outcome.SUPPORTED


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("可申请最高30万元的创业担保贷款。[1]", "number"),
        ("可申请最低20万元的创业担保贷款。[1]", "lower bound"),
        ("可申请20万元起的创业担保贷款。[1]", "lower bound"),
        ("可申请创业担保贷款，20万元起贷。[1]", "lower bound"),
        ("残疾人自主创业可申请最高20万元的创业担保贷款。[1]", "残疾人"),
        ("由市财政局发放最高20万元的创业担保贷款。[1]", "财政局"),
        ("全体市民每月都有免费午餐和交通卡。[1]", "words"),
        ("不可申请最高20万元的创业担保贷款。[1]", "negation"),
        ("创业担保贷款期限可以有几年。[1]", "repeats what is asked"),
        ("创业担保贷款可申请多少。[1]", "repeats what is asked"),
        ("自主创业可申请20万元的创业担保贷款。[1]", "bound"),
    ],
)
def test_an_unfaithful_claim_does_not_stand(line: str, reason: str) -> None:
    check = verify(line, [LOAN], "zh-Hans")
    assert check.outcome in (Outcome.REPLACED, Outcome.DROPPED)
    assert any(reason in found for found in check.reasons)


FEES = evidence("免收孵化企业的物业费,允许离岗创业,取消学历限制,逐步降低担保费率。", "1.4")


@pytest.mark.parametrize(
    "line",
    [
        "收取孵化企业的物业费。[1]",
        "不允许离岗创业。[1]",
        "保留学历限制。[1]",
        "逐步提高担保费率。[1]",
    ],
)
def test_a_claim_of_the_other_direction_does_not_stand(line: str) -> None:
    assert verify(line, [FEES], "zh-Hans").outcome in (Outcome.REPLACED, Outcome.DROPPED)


def test_what_is_budgeted_was_not_yet_had() -> None:
    budget = evidence("2031年预算安排修缮专项资金150万元。", "5.1")
    assert verify("2031年拿了150万元修缮专项资金。[1]", [budget], "zh-Hans").outcome is Outcome.REPLACED
    assert verify("2031年预算安排修缮资金150万元。[1]", [budget], "zh-Hans").outcome is Outcome.SUPPORTED


def test_the_direction_of_the_clause_stands() -> None:
    assert verify("逐步降低担保费率。[1]", [FEES], "zh-Hans").outcome is Outcome.SUPPORTED


WISH = evidence(
    "鼓励有条件的地方将返乡农民工纳入住房公积金缴存范围,按规定将其子女纳入医疗保险参保范围。", "1.5"
)


def test_an_intention_is_no_promise() -> None:
    check = verify("返乡农民工的子女可以纳入医疗保险参保范围。[1]", [WISH], "zh-Hans")
    assert check.outcome is Outcome.REPLACED
    assert "an intention is told as a promise" in check.reasons
    kept = verify("鼓励有条件的地方将返乡农民工纳入住房公积金缴存范围。[1]", [WISH], "zh-Hans")
    assert kept.outcome is Outcome.SUPPORTED


def test_a_number_of_something_else_does_not_stand() -> None:
    swapped = verify("2020年服务业发展专项资金安排了100万元。[1]", [FUNDS], "zh-Hans")
    assert swapped.outcome is Outcome.REPLACED
    assert any("something else" in reason for reason in swapped.reasons)
    right = verify("2020年服务业发展专项资金安排了200万元。[1]", [FUNDS], "zh-Hans")
    assert right.outcome is Outcome.SUPPORTED


def test_of_two_sentences_the_one_that_only_repeats_the_question_is_left_out() -> None:
    check = verify("贷款可以用几年。创业担保贷款期限不超过3年。[1]", [LOAN], "zh-Hans")
    assert check.claim is not None
    assert check.claim.text == "创业担保贷款期限不超过3年。"


def test_a_wrong_mark_is_cited_anew() -> None:
    check = verify(
        "对租用场地的给予每年5000元的租金补贴，已享受其他租金补贴的除外。[1]", [LOAN, RENT], "zh-Hans"
    )
    assert check.outcome is Outcome.RECITED
    assert check.claim is not None
    assert check.claim.marks == (2,)


def test_an_unknown_mark_is_a_fault_and_the_claim_cited_anew() -> None:
    check = verify("可申请最高20万元的创业担保贷款。[7]", [LOAN], "zh-Hans")
    assert (check.outcome, check.claim and check.claim.marks) == (Outcome.RECITED, (1,))
    assert any("mark" in reason for reason in check.reasons)


def test_a_lost_exception_brings_the_verbatim_sentence() -> None:
    check = verify("对租用场地的，给予每年5000元的租金补贴。[1]", [RENT], "zh-Hans")
    assert check.outcome is Outcome.REPLACED
    assert check.claim is not None
    assert check.claim.text == RENT.text


def test_a_failed_claim_is_dropped_when_its_sentence_stands_already() -> None:
    check = verify("最高30万元。[1]", [LOAN], "zh-Hans", used=frozenset({1}))
    assert check.outcome is Outcome.DROPPED


def test_an_english_claim_is_held_to_the_numbers() -> None:
    assert verify("You can borrow up to RMB 200,000. [1]", [LOAN], "en").outcome is Outcome.SUPPORTED
    assert verify("You can borrow up to RMB 300,000. [1]", [LOAN], "en").outcome is Outcome.DROPPED


def test_an_english_claim_is_held_to_the_groups() -> None:
    check = verify("Disabled people can borrow up to RMB 200,000. [1]", [LOAN], "en")
    assert check.outcome is Outcome.DROPPED


def test_the_printed_number_is_no_part_of_a_stated_sentence() -> None:
    assert stated(LOAN).startswith("对高校毕业生")


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("可以。可申请最高20万元的创业担保贷款。[1]", "可以。可申请最高20万元的创业担保贷款。"),
        ("不能。可申请最高20万元的创业担保贷款。[1]", "可申请最高20万元的创业担保贷款。"),
        (
            "是的，根据《贷款管理办法》规定，可申请最高20万元的创业担保贷款。[1]",
            "是的，可申请最高20万元的创业担保贷款。",
        ),
    ],
)
def test_a_bare_answer_needs_proof_and_a_source_is_told_by_its_citation(line: str, said: str) -> None:
    check = verify(line, [LOAN], "zh-Hans")
    assert check.claim is not None
    assert check.claim.text == said


def test_a_rewording_longer_than_the_sentence_gives_way_to_it() -> None:
    short = evidence("期限不超过3年。")
    check = verify("这个创业担保贷款的期限呢，按规定是不超过3年。[1]", [short], "zh-Hans")
    assert check.outcome is Outcome.REPLACED


def test_a_claim_of_two_sentences_is_cited_to_both() -> None:
    term = evidence("贷款由财政按50%贴息。", "1.5")
    check = verify("最高20万元的创业担保贷款，由财政按50%贴息。[1]", [LOAN, term], "zh-Hans")
    assert (check.outcome, check.claim and check.claim.marks) == (Outcome.RECITED, (1, 2))


@pytest.mark.parametrize(
    ("claim", "stands"),
    [
        ("A bed in a leased and converted building is subsidised with RMB 6,000.", True),
        ("Private kindergartens newly opened abroad receive teachers and RMB 6,000.", False),
    ],
)
def test_an_english_claim_says_what_its_proof_does(claim: str, stands: bool) -> None:
    beds = evidence("租赁房屋改建且租期五年以上的,每张床位补助6000元。")
    assert (verify(f"{claim} [1]", [beds], "en").outcome is Outcome.SUPPORTED) is stands


FINE = evidence("超出摊位线经营的，处二十元以上六十元以下罚款。", "2.3")
PURCHASE = evidence("申请购房补贴的，应当在交房前提出；在产权明确前提下办理。", "2.4")


@pytest.mark.parametrize(
    ("line", "item", "stands"),
    [
        ("The fine is 20 yuan.[1]", FINE, False),
        ("The fine is from 20 yuan to 60 yuan.[1]", FINE, True),
        ("The fine is 60 yuan or less.[1]", FINE, True),
        ("Apply for the housing rental subsidy before you get the flat.[1]", PURCHASE, False),
        ("Apply for the home purchase subsidy before you get the flat.[1]", PURCHASE, True),
        ("In the absence of clear property rights you can apply.[1]", PURCHASE, False),
    ],
)
def test_an_english_claim_keeps_bounds_supports_and_conditions(
    line: str, item: Evidence, stands: bool
) -> None:
    assert (verify(line, [item], "en").outcome is Outcome.SUPPORTED) is stands


def test_an_english_bound_stands_beside_its_figure() -> None:
    signed = evidence("全县已有102家小企业注册使用资源共享平台。")
    line = "102 small enterprises have signed up to the resource sharing platform. [1]"
    assert verify(line, [signed], "en").outcome is Outcome.SUPPORTED
    assert verify(line.replace("102", "Up to 102"), [signed], "en").outcome is Outcome.DROPPED


def test_what_asks_claims_nothing_and_english_adds_no_negation() -> None:
    echoed = "高校毕业生自主创业，可申请最高20万元的创业担保贷款，我算不算？[1]"
    assert verify(echoed, [LOAN], "zh-Hans").outcome is Outcome.REPLACED
    assert verify("No, you cannot borrow up to RMB 200,000. [1]", [LOAN], "en").outcome is Outcome.DROPPED
    assert verify("Yes, you can borrow up to RMB 200,000. [1]", [LOAN], "en").outcome is Outcome.SUPPORTED


@pytest.mark.parametrize(
    ("line", "kept", "language"),
    [
        ("最高能贷20万元的创业担保贷款。找市创业服务中心。[1]", "最高能贷20万元的创业担保贷款。", "zh-Hans"),
        (
            "You can borrow up to RMB 200,000. It is free for 9 years. [1]",
            "You can borrow up to RMB 200,000.",
            "en",
        ),
    ],
)
def test_of_several_sentences_those_that_are_proved_are_kept(
    line: str, kept: str, language: Language
) -> None:
    check = verify(line, [LOAN], language)
    assert (check.outcome, check.claim and check.claim.text) == (Outcome.SUPPORTED, kept)


def test_of_an_english_line_the_sentence_counts_that_holds_everything() -> None:
    chinese = stated(LOAN)
    whole = "College graduates and veterans who start a business can apply for a startup guarantee loan of up to RMB 200,000 for at most 3 years."
    check = verify_translation(f"{whole} This helps the city to grow. [1]", LOAN, chinese)
    assert check.outcome is Outcome.SUPPORTED
    assert check.claim is not None
    assert check.claim.text == whole
    behind = verify_translation(f"The city widens the scheme. {whole} [1]", LOAN, chinese)
    assert behind.claim is not None
    assert behind.claim.text == whole
    part = "College graduates can apply for a startup guarantee loan of up to RMB 200,000. [1]"
    assert verify_translation(part, LOAN, chinese).outcome is Outcome.DROPPED


def test_a_name_between_quotation_marks_must_stand_in_the_evidence() -> None:
    check = verify(
        'Graduates under the "Phoenix Plan" can get a loan of up to RMB 200,000. [1]', [LOAN], "en"
    )
    assert check.outcome is Outcome.DROPPED
    assert any("quotes" in reason for reason in check.reasons)


@pytest.mark.parametrize(
    ("line", "language"), [("Yes. [1]", "en"), ("No. [1]", "en"), ("可以。[1]", "zh-Hans")]
)
def test_a_bare_yes_or_no_is_no_claim(line: str, language: Language) -> None:
    check = verify(line, [LOAN], language)
    assert check.claim is None or "20万元" in check.claim.text
    assert any("bare yes or no" in reason for reason in check.reasons)


def test_an_english_yes_stands_only_where_the_clause_grants_something() -> None:
    goal = evidence("全力推进重点后备企业上市工作。", "1.5")
    yes = "Yes. Graduates and veterans can apply for a startup guarantee loan of up to RMB 200,000. [1]"
    granted = verify(yes, [LOAN], "en")
    assert granted.claim is None or granted.claim.text.startswith("Yes. ")
    denied = verify(
        "Yes. The listing of key reserve firms is pushed forward with all effort. [1]", [goal], "en"
    )
    assert denied.claim is None or not denied.claim.text.startswith("Yes")


def test_a_mark_of_evidence_that_a_claim_tells_nothing_of_is_left_out() -> None:
    check = verify("可以申请最高20万元的创业担保贷款。[1][2]", [LOAN, RENT], "zh-Hans")
    assert check.claim is not None
    assert check.claim.marks == (1,)


def test_a_sentence_about_an_article_keeps_its_number() -> None:
    assert stated(evidence("第3条的租金补贴不再发放。")) == "第3条的租金补贴不再发放。"
    assert stated(evidence("第三条 租金补贴按月发放。")) == "租金补贴按月发放。"


def test_two_pieces_of_different_clauses_prove_nothing_that_cites_neither() -> None:
    graduates = evidence("对高校毕业生给予租房补贴。")
    veterans = evidence("退役军人补贴标准为每月800元。", "1.4")
    parks = evidence("园区免费开放。", "1.5")
    check = verify("高校毕业生租房补贴标准为每月800元。[3]", [graduates, veterans, parks], "zh-Hans")
    assert check.outcome is not Outcome.RECITED
