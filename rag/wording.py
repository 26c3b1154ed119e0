"""The sentences a person reads that no clause has to prove: one table for every outcome and language.

Written in simplified Chinese and English; the traditional form is converted. The log holds the causes.
"""

from __future__ import annotations

from collections.abc import Sequence

from rag import lexicon, places
from rag.fold import fold, to_simplified, to_traditional
from rag.quantities import quantities
from rag.slots import name_of
from rag.types import CitationCheck, Language, Verdict

SENTENCES: dict[str, tuple[str, str]] = {
    "not_held": (
        "没有收录{places}的政策文件，无法回答。已收录：{held}。",
        "No policy document of {places} is held, so this cannot be answered. Held: {held}.",
    ),
    "also_not_held": ("没有收录{places}的政策文件。", "No policy document of {places} is held."),
    "not_covered": (
        "已收录的{places}文件没有规定这一点。",
        "The documents held for {places} do not say this.",
    ),
    "not_stated": (
        "已收录的{places}文件有相关内容，但没有写明：{slots}。",
        "The documents held for {places} speak of this, but do not state: {slots}.",
    ),
    "not_covered_anywhere": (
        "已收录的文件没有规定这一点。已收录：{held}。",
        "The documents held do not say this. Held: {held}.",
    ),
    "missing": ("文件没有写明：{slots}。", "The document does not state: {slots}."),
    "ask_department": ("可以向{departments}咨询。", "You may ask: {departments}."),
    "which_city": (
        "各地规定不同，请告诉我您在哪个地方。以下分别列出：",
        "This depends on the place. Which one do you mean? Each is answered apart:",
    ),
    "which_city_many": (
        "各地规定不同，请告诉我您在哪个地方。已收录：{held}。",
        "This depends on the place. Which one do you mean? Held: {held}.",
    ),
    "held_below": (
        "另收录有下级地方的文件：{places}。",
        "Documents of places inside it are held too: {places}.",
    ),
    "none_there": ("没有相关规定的：{places}。", "Nothing on this is found for: {places}."),
    "far_off": ("关系较远、没有列出的：{places}。", "Further off and not listed: {places}."),
    "refused_order": (
        "这个要求不能照办。我只根据收录的政策文件回答问题，例如补贴、贷款、办照、找哪个部门。",
        "I cannot follow that. I only answer questions from the policy documents held, such as subsidies, loans, registration, or whom to ask.",
    ),
    "refused_errand": (
        "这不是政策问题，我帮不上忙。我可以根据收录的政策文件回答补贴、贷款、办照、找哪个部门等问题。",
        "That is not a question about policy. I can answer questions on subsidies, loans, registration and departments from the policy documents held.",
    ),
    "failed": ("回答时出了错，请再试一次。", "Something went wrong while answering. Please try again."),
    "overview": ("{place}的支持：", "Support in {place}:"),
    "group_not_named": (
        "文件没有写明给{groups}的支持。以下是其他支持，能否享受请向主管部门核实。",
        "The documents name no support for: {groups}. These are other supports; ask the department in charge whether they apply.",
    ),
    "group_not_named_there": ("（没有写明给{groups}的支持。）", "(No support is named for: {groups}.)"),
    "group_not_named_in": (
        "没有写明给{groups}的支持：{places}。说出其中一地，可看不限人群的支持。",
        "No support is named for {groups} in: {places}. Name one of them to see what is open to anybody.",
    ),
    "for_asker": ("写明给您这类人的：", "Naming people like you:"),
    "for_anybody": ("没有限定人群的：", "Not limited to a group:"),
    "for_others": ("写明给特定人群、企业或机构的：", "For certain groups, firms or institutions:"),
    "intends_for_asker": ("文件表示鼓励您这类人的：", "What the document encourages for people like you:"),
    "intends": ("文件表示鼓励、探索的：", "What the document encourages or explores:"),
    "reports": ("文件通报已经做的：", "What the document reports as done:"),
    "more": (
        "还有{count}项没有列出；说「全部列出」可看全部。",
        "{count} more are not listed; say “list everything” to see them all.",
    ),
    "only_place": (
        "您没有说在哪个地方，以下是{place}的规定：",
        "You named no place; this is what {place} provides:",
    ),
    "place_line": ("{place}：", "{place}:"),
    "departments": ("负责部门：{departments}", "Departments in charge: {departments}"),
    "no_such_clause": (
        "已收录的{place}文件没有{label}这一条；编号从{first}到{last}。",
        "The documents held for {place} have no clause {label}; numbers run from {first} to {last}.",
    ),
    "not_so": ("与文件不符，文件写的是：", "That is not what the document says. It says:"),
    "lent": (
        "与文件不符：文件写的是可以申请的贷款，不是发放的钱。",
        "That is not what the document says: it is a loan, not money that is given:",
    ),
    "out_of_bounds": (
        "您说的{said}，不符合条文里“{bound}”的要求：",
        "{said} does not meet “{bound}”, which the clause asks for:",
    ),
    "stands_in": (
        "出自《{title}》{printed} {label}（{heading}）。",
        "It stands in “{title}”, clause {printed} {label} ({heading}).",
    ),
    "english_frame": ("{place}{label}", "{place}, clause {label}{about}, says (in Chinese): “{quote}”"),
    "english_frame_next": ("{label}", "Also clause {label}{about}: “{quote}”"),
    "notice_horizon": (
        "《{title}》的目标期到{year}年，已过期，请核实现行规定。",
        "“{title}” has targets up to {year}, which has passed; check what applies now.",
    ),
    "notice_expired": (
        "《{title}》有效期至{date}，已过期，请核实现行规定。",
        "“{title}” was valid until {date}; check what applies now.",
    ),
    "notice_undated": (
        "《{title}》没有标明发文日期，请核实是否仍然有效。",
        "“{title}” gives no date of issue; check whether it still applies.",
    ),
    "notice_model": (
        "语言模型没有完成回答，以下是文件原句。",
        "The language model did not finish; these are the document's own sentences.",
    ),
}

# The sign beside a verdict tells it without colour.
VERDICT_NAMES: dict[Verdict, tuple[str, str, str]] = {
    Verdict.SUPPORTED: ("✓", "有依据", "supported"),
    Verdict.ALTERED: ("≠", "与条文不符", "altered"),
    Verdict.MISATTRIBUTED: ("⇄", "出处不对", "misattributed"),
    Verdict.STITCHED: ("⊕", "拼接自几条", "stitched"),
    Verdict.OMITS: ("…", "漏了条件", "omits a condition"),
    Verdict.NOT_FOUND: ("?", "没有找到", "not found"),
    Verdict.OTHER_PLACE: ("⌖", "是别处的规定", "another place's rule"),
    Verdict.OUTDATED: ("⌛", "文件已过期", "outdated"),
    Verdict.NOT_CHECKABLE: ("–", "不需核对", "not checkable"),
}

CITATION_NAMES: dict[CitationCheck, tuple[str, str]] = {
    CitationCheck.RIGHT: ("引用正确", "citation right"),
    CitationCheck.NO_SUCH_DOCUMENT: ("没有收录这份文件", "no such document held"),
    CitationCheck.WRONG_NUMBER: ("文号不对", "wrong document number"),
    CitationCheck.NO_SUCH_CLAUSE: ("没有这一条", "no such clause"),
    CitationCheck.DOES_NOT_SAY: ("这一条没有这样规定", "the clause does not say this"),
    CitationCheck.NONE_GIVEN: ("没有注明出处", "no citation given"),
}

DIFFERENCE_NAMES: dict[str, tuple[str, str]] = {
    "number": ("数字", "number"),
    "unit": ("单位", "unit"),
    "date": ("日期", "date"),
    "bound": ("上下限", "bound"),
    "direction": ("方向", "direction"),
    "negation": ("肯定与否定", "negation"),
    "group": ("对象", "group"),
    "department": ("部门", "department"),
    "condition": ("条件", "condition"),
    "place": ("地方", "place"),
    "wording": ("用词", "wording"),
    "added": ("条文没有的内容", "not in the clause"),
    "quote": ("引文", "quotation"),
}

KIND_NAMES: dict[str, tuple[str, str]] = {
    "loan": ("贷款融资", "Loans and finance"),
    "subsidy": ("补贴奖励", "Subsidies and awards"),
    "space": ("场地用地", "Premises and land"),
    "tax": ("税费", "Taxes and fees"),
    "housing": ("落户住房", "Residence and housing"),
    "insurance": ("社保", "Social insurance"),
    "training": ("培训辅导", "Training and guidance"),
    "registration": ("办照审批", "Registration and approval"),
    "property": ("知识产权", "Intellectual property"),
    "talent": ("人才", "Talent"),
    "job": ("就业岗位", "Jobs"),
    "service": ("公共服务", "Services"),
}


def say(name: str, language: Language, **values: object) -> str:
    """The sentence `name` in a language, with its blanks filled."""
    chinese, english = SENTENCES[name]
    if language == "en":
        return english.format(**values)
    return in_script(chinese.format(**values), language)


def in_script(text: str, language: Language) -> str:
    """Chinese `text` in the asker's script; unchanged for simplified and English."""
    return to_traditional(text) if language == "zh-Hant" else text


def slot_names(slots: Sequence[str], language: Language) -> str:
    """The names of slots as a list in a sentence; that of the thing itself only where nothing of it is named."""
    slots = [slot for slot in slots if slot != "named"] or slots
    names = [name_of(slot)[language == "en"] for slot in slots]
    return ", ".join(names) if language == "en" else in_script("、".join(names), language)


def term_name(official: str, language: Language) -> str:
    """An official term for the reader; in English with the Chinese in brackets."""
    if language != "en":
        return in_script(official, language)
    known = next((term.english[0] for term in lexicon.load() if term.official == official), "")
    return f"{known} ({official})" if known else official


def term_names(officials: Sequence[str], language: Language) -> str:
    """Official terms as a list in a sentence."""
    return (", " if language == "en" else "、").join(term_name(each, language) for each in officials)


GIST_KINDS = ("group", "support", "procedure")
MOST_IN_GIST = 6
"""Of the terms that a Chinese line names, those that tell an English reader whom and what it is about, and how many."""


def gist_of(text: str) -> str:
    """What a Chinese line speaks of, as English terms of the lexicon: first the groups of people, then what they get.

    A form with a number (child under 18) is none: the line prints no such number.
    """
    terms = sorted(lexicon.expand(fold(text)), key=lambda term: term.kind != "group")
    forms = [
        next((form for form in term.english if not quantities(form)), "")
        for term in terms
        if term.kind in GIST_KINDS
    ]
    return ", ".join(list(dict.fromkeys(filter(None, forms)))[:MOST_IN_GIST])


def kind_name(kind: str, language: Language) -> str:
    chinese, english = KIND_NAMES[kind]
    return english if language == "en" else in_script(chinese, language)


def place_name(place: str, language: Language) -> str:
    """A place's name for the asker: 吕梁市, 呂梁市, or Lüliang City (吕梁市)."""
    if language == "en":
        found = places.load().by_name(place)
        return f"{places.load().english(found[0])} ({place})" if found else place
    return in_script(place, language)


def place_names(names: Sequence[str], language: Language) -> str:
    return (", " if language == "en" else "、").join(place_name(name, language) for name in names)


def department_names(names: Sequence[str], language: Language) -> str:
    """Departments for the asker: in English with the Chinese in brackets where the table knows them."""
    if language != "en":
        return in_script(to_simplified("、".join(names)), language)
    return ", ".join(_english_department(name) for name in names)


def _english_department(name: str) -> str:
    known = [term.english[0] for term in lexicon.named(fold(name), "department") if term.english]
    return f"{known[0]} ({name})" if known else name
