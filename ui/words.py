"""What the page itself says, in the reader's language, and the one place where text becomes safe HTML.

`WORDS` holds each sentence in simplified Chinese and in English; the traditional form is converted.
"""

from __future__ import annotations

import html
from collections.abc import Iterable

from rag.types import Department, Language
from rag.wording import in_script

LANGUAGES: tuple[tuple[str, Language], ...] = (("简体", "zh-Hans"), ("繁體", "zh-Hant"), ("English", "en"))

# name -> (Chinese, English). Traditional is converted.
WORDS: dict[str, tuple[str, str]] = {
    # the frame
    "tagline": ("问地方政策，句句有出处", "Local policy, every sentence with its source"),
    "language": ("界面语言", "Language"),
    "tab_ask": ("提问", "Ask"),
    "tab_finder": ("找支持", "Support"),
    "tab_check": ("核对文字", "Check a text"),
    "tab_documents": ("查文件", "Documents"),
    "held": ("已收录：", "Documents held for: "),
    "none_held": ("还没有收录任何文件。", "No document is held yet."),
    "index": (
        "还没有可用的索引：请在服务器上运行 tiaowen build，然后刷新本页。",
        "No usable index: run `tiaowen build` on the server, then reload.",
    ),
    "model": (
        "模型还没有准备好：请在服务器上运行 tiaowen models fetch，然后刷新本页。",
        "A model is missing: run `tiaowen models fetch` on the server, then reload.",
    ),
    "other": (
        "服务没有启动成功，原因在服务器日志里；处理后请刷新本页。",
        "The service did not start; the log on the server says why. Mend it, then reload.",
    ),
    "blank": ("请先写下您的问题。", "Please type a question first."),
    "input": ("这个问题没法回答，请换个说法再问。", "This cannot be asked like that."),
    "halted": ("已停止。", "Stopped."),
    "broken": ("回答时出了错，请再试一次。", "Something went wrong; please try again."),
    "loading_models": (
        "正在载入模型，已 {seconds} 秒。可以先提问。",
        "Loading the models ({seconds} s so far); you may ask already.",
    ),
    "no_language_model": (
        "语言模型没有装好，现在只给出文件原句。补装：tiaowen models fetch",
        "The language model is missing: answers are the documents’ own sentences. To install: tiaowen models fetch",
    ),
    # asking
    "lead": (
        "用自己的话问就行。每句回答都标着出自哪一条，点一下就能核对。",
        "Ask in your own words. Every sentence is marked with its clause: tap the mark to check.",
    ),
    "caution": (
        "只根据已收录的文件回答；文件没有规定的，会直说。办理以主管部门答复为准。",
        "Answers rest on the documents held only, and say so where these are silent. The department in charge has the last word.",
    ),
    "try": ("试试这样问", "Try asking"),
    "try_place": (
        "我在{place}创业，有什么支持？",
        "What support is there for starting a business in {place}?",
    ),
    "question": ("您的问题", "Your question"),
    "placeholder": ("能贷多少钱？找谁办？", "How much can I borrow?"),
    "ask": ("提问", "Ask"),
    "stop": ("停止", "Stop"),
    "place": ("问哪个地方", "Which place"),
    "place_auto": ("地方：自动", "Place: auto"),
    "more": ("更多", "More"),
    "mode": ("回答方式", "Kind of answer"),
    "mode_composed": ("通俗回答", "Plain words"),
    "mode_extractive": ("逐句原文", "Verbatim sentences"),
    "clear": ("清空对话", "New conversation"),
    # an answer
    "answered": ("有文件依据", "Backed by the documents"),
    "partly": ("文件只规定了一部分", "Only partly covered"),
    "which_city": ("各地规定不同", "Depends on the place"),
    "not_covered": ("文件没有规定", "Not covered by the documents"),
    "not_held": ("没有收录这个地方的文件", "No document of that place is held"),
    "refused": ("不能回答", "Cannot be answered"),
    "failed": ("出错了", "Something went wrong"),
    "searching": ("正在查文件…", "Searching the documents…"),
    "loading": ("正在载入模型，载好后马上回答…", "Loading the models; the answer follows at once…"),
    "rewording": ("正在用通俗的话改写…", "Putting it in plain words…"),
    "in_line": (
        "已找到依据；改写在排队，前面还有 {ahead} 个问题…",
        "The evidence is there; {ahead} ahead of you in the line for plain words…",
    ),
    "finishing": ("正在整理…", "Finishing…"),
    "draft": ("草稿，核对中", "Draft, being checked"),
    "original": ("文件原句（先供参考）", "The documents’ own sentences meanwhile"),
    "stopped": ("已停止，以上是停止时的回答。", "Stopped; this is the answer as it stood."),
    "sources": ("依据", "Sources"),
    "nearest": ("最相近的条文（没有直接规定您问的事）", "Nearest clauses (they do not answer the question)"),
    "near": ("相近", "Near"),
    "scope": ("所答地方：", "Answered for: "),
    "mark": ("看依据", "see source"),
    "copy": ("复制", "Copy"),
    "link": ("链接", "Link"),
    "print": ("打印", "Print"),
    "save": ("存为网页", "Save page"),
    "show_more": ("全部列出", "List them all"),
    "retry": ("重新回答", "Ask again"),
    "copied": ("已复制，连同出处", "Copied, with the sources"),
    "linked": ("链接已复制，只含问题和地方", "Link copied; it carries the question and the place only"),
    # feedback
    "feedback": ("这个回答对吗？", "Is this answer right?"),
    "verdict_right": ("对", "Yes"),
    "wrong": ("有问题", "Something is wrong"),
    "verdict_wrong_city": ("地方不对", "wrong place"),
    "verdict_wrong_number": ("数字不对", "wrong number"),
    "verdict_condition_missing": ("漏了条件", "a condition is missing"),
    "verdict_wrong_citation": ("出处不对", "wrong source"),
    "verdict_not_answered": ("没答到", "not answered"),
    "note": ("补充一句（可不填，请勿写个人信息）", "A line more (optional; nothing personal, please)"),
    "send": ("提交", "Send"),
    "feedback_kept": (
        "只保存在这台服务器上：您的问题、回答和这里填的内容；证件号和电话会被遮去。",
        "Kept on this server only: question, answer and what is typed here; identity and phone numbers are masked.",
    ),
    "thanks": ("已记下，谢谢", "Noted, thank you"),
    "choose_verdict": ("请先选哪里有问题", "Please choose what is wrong"),
    "feedback_full": (
        "今天收到的反馈已达上限，没有记下，请明天再试",
        "Today's limit of feedback is reached; not kept, please try again tomorrow",
    ),
    "not_kept": ("没有记下，请稍后再试", "Not kept; please try again later"),
    # a card
    "clause": ("条款", "Clause"),
    "heading": ("章节", "Section"),
    "title": ("文件", "Document"),
    "document_number": ("文号", "Number"),
    "date": ("日期", "Date"),
    "undated": ("未标明", "not stated"),
    "departments": ("责任部门", "Departments"),
    "quote": ("原文", "Verbatim"),
    "see_original": ("在原文中查看", "See in the original"),
    # the support finder
    "finder_lead": (
        "选地方、您是谁、想要什么，列出文件里写着的支持，每一项都附原文。",
        "Choose the place, who you are and what you look for: every support is shown with its clause.",
    ),
    "who": ("您是", "Who you are"),
    "anyone": ("不限", "Anyone"),
    "what_for": ("想要", "What for"),
    "anything": ("全部", "Anything"),
    "choose_place": ("请先选地方。", "Please choose a place first."),
    "found_count": ("{place}：找到 {count} 项", "{place}: {count} found"),
    "for_group": ("文件写明给「{group}」的", "For “{group}”, as the documents say"),
    "for_named": ("文件写明了给谁的", "For the groups that the documents name"),
    "for_unknown": ("文件没有写明给谁的", "No group is named in the document"),
    "unknown_note": (
        "是否适用于您，文件里看不出来，请向责任部门核实。",
        "Whether these apply to you cannot be told from the document; ask the department in charge.",
    ),
    "none_found": (
        "这个地方的文件里没有找到这样的支持。可以放宽条件，或到“提问”里问。",
        "Nothing of this kind is found in the documents of this place. Choose less, or ask in your own words.",
    ),
    "granted": ("写明给予", "granted in the text"),
    "intended": ("只是鼓励、探索", "intended only"),
    "why_sentence": ("这一句写明：{named}", "This sentence names: {named}"),
    "why_clause": ("这一条写明：{named}", "This clause names: {named}"),
    "why_unknown": ("没有写明给谁", "No group named"),
    # the clause checker
    "check_lead": (
        "贴上复函、宣传单或别处得来的回答，逐句核对文件里是不是这样写的，出处对不对。",
        "Paste a letter, a leaflet or another answer: every sentence and citation is checked against the documents.",
    ),
    "check_caution": (
        "只和已收录的文件比对，不用语言模型；文字不保存。",
        "Compared with the documents held only, without a language model; the text is not kept.",
    ),
    "check_text": ("要核对的文字", "The text to check"),
    "check_placeholder": (
        "例：根据《…》第26条，退役军人创业最高可贷50万元。",
        "According to clause 26, veterans may borrow up to RMB 500,000.",
    ),
    "check_file": ("或选文件（.txt .docx）", "Or choose a file (.txt .docx)"),
    "check_place": ("文字说的是", "The text is about"),
    "check_go": ("核对", "Check"),
    "check_blank": ("请先贴上要核对的文字。", "Please paste a text first."),
    "check_progress": ("正在核对，已到 {share}%…", "Checking, {share}% done…"),
    "check_waiting": ("正在载入模型，载好后再核对…", "Loading the models; the check follows…"),
    "check_input": ("这段文字没法核对。", "This text cannot be checked."),
    "check_marked": ("核对过的文字", "The text as checked"),
    "check_cards": ("逐句结果", "Sentence by sentence"),
    "fix_one": ("采用", "Use this"),
    "fix_all": ("采用全部建议", "Use all suggestions"),
    "copy_text": ("复制文字", "Copy the text"),
    "text_copied": ("已复制", "Copied"),
    "as_word": ("存为 Word（带批注）", "Save as Word, with comments"),
    "as_page": ("存为网页", "Save as a page"),
    # documents
    "documents_lead": (
        "已收录的文件。点开一份，可以逐条看、在里面查，也可以对照原文。",
        "The documents held. Open one to read it clause by clause, to search in it, and to compare the original.",
    ),
    "no_place": ("未说明地方", "No place stated"),
    "valid_until": ("有效期至", "Valid until"),
    "horizon": ("目标期到", "Targets up to"),
    "issuers": ("发文机关", "Issued by"),
    "file": ("文件名", "File"),
    "clause_count": ("{count} 条", "{count} clauses"),
    "search_document": ("在文件里查：词语、条号", "Search: words or a clause number"),
    "view": ("看法", "View"),
    "view_tree": ("逐条", "Clauses"),
    "view_sides": ("原文对照", "Side by side"),
    "hits": ("有 {count} 条提到「{words}」", "{count} clauses mention “{words}”"),
    "all_documents": ("全部文件", "All documents"),
    # staff
    "staff": ("工作人员：增删文件", "Staff: add and remove documents"),
    "staff_off": (
        "管理功能没有开启。开启：在服务器上运行 tiaowen token。",
        "Staff actions are off. To turn them on, run `tiaowen token` on the server.",
    ),
    "staff_token": ("令牌", "Token"),
    "staff_list": ("列出文件", "List the files"),
    "staff_files": ("文件（.txt .md .html .docx .pdf）", "Files (.txt .md .html .docx .pdf)"),
    "staff_replace": ("替换同名文件", "Replace a file of the same name"),
    "staff_add": ("加入并重建索引", "Add and build the index anew"),
    "staff_remove": ("移除", "Remove"),
    "staff_sure": ("确定移除？", "Remove this document?"),
    "staff_repairs": ("看修正", "Repairs"),
    "staff_no_repairs": ("没有修正。", "nothing was repaired."),
    "staff_repaired": (
        "读出 {clauses} 条，修正 {count} 处",
        "{clauses} clauses read, {count} places repaired",
    ),
    "staff_working": ("正在重建…", "Building…"),
    "staff_built": ("已重建，刷新本页即可看到。", "Built. Reload the page to see it."),
    "staff_wrong_token": ("令牌不对。", "The token is wrong."),
    "staff_failed": ("没有成功，原因在服务器日志里。", "This failed; the log on the server says why."),
    "staff_added": ("已加入", "added"),
    "staff_replaced": ("已替换", "replaced"),
    "staff_unchanged": ("没有变化", "unchanged"),
    "staff_refused": ("没有收下", "refused"),
    "staff_removed": ("已移除", "removed"),
    "repair_raw": ("原文", "As published"),
    "repair_read": ("读作", "Read as"),
    "repair_rule": ("依据", "Rule"),
    "repair_sure": ("把握", "Certainty"),
    # the original
    "close": ("关闭", "Close"),
    "as_published": ("原文（照发布时的样子）", "As published"),
    "as_read": ("整理后的文字", "As read"),
    "legend": (
        "黄底是引用的句子；灰字是网页杂项，不算正文；点线是修正过的地方。",
        "Yellow: the sentence quoted. Grey: page furniture, no part of the text. Dotted: a place that was repaired.",
    ),
    "not_there": ("这份文件已不在库中，请重新提问。", "This document is held no longer; please ask again."),
}


def say(name: str, language: Language, **values: object) -> str:
    """The sentence `name` as plain text, with its blanks filled."""
    chinese, english = WORDS[name]
    return english.format(**values) if language == "en" else in_script(chinese, language).format(**values)


def word(name: str, language: Language, **values: object) -> str:
    """The sentence `name` as safe HTML."""
    return safe(say(name, language, **values))


def safe(text: str) -> str:
    """`text` as HTML that shows it and does nothing else."""
    return html.escape(text, quote=True)


def language_of(name: object) -> Language:
    """A language that a browser named, or simplified Chinese."""
    return next((language for _, language in LANGUAGES if language == name), "zh-Hans")


def departments_text(departments: Iterable[Department]) -> str:
    """The departments in one line, each with its role where the text names one."""
    return "、".join(f"{d.name}（{d.role}）" if d.role else d.name for d in departments)
