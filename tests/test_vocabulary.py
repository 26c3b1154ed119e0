"""Vocabulary: converted text gets its mainland words back; mainland text and Taiwan's own keep theirs."""

from __future__ import annotations

import difflib
import itertools
from pathlib import Path

import opencc
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.fold import to_simplified
from rag.read import read_document
from rag.vocabulary import _pairs, is_genuine_taiwan, is_vocabulary_converted, mainland_words
from rag.words import frequencies

DOCUMENTS = sorted((Path(__file__).parent / "documents").glob("[01]*.txt"))
# Before a case it makes the text one that a converter has been at: OpenCC's words, or an office program's.
BY_OPENCC = "各部门要最佳化伺服器，公开专案资讯，稽核程式。"
BY_OFFICE = "各部门要最佳化网路，发展网际网路，增设视窗。"
MOST_OF_SIGNS = 80


def in_mainland_words(text: str) -> str:
    done, parts = 0, []
    for edit in mainland_words(text):
        parts += [text[done : edit.start], edit.after]
        done = edit.end
    return "".join(parts) + text[done:]


CONVERTED = [
    (BY_OFFICE, "各部门要优化网络，发展互联网，增设窗口。"),
    (BY_OPENCC, "各部门要优化服务器，公开项目信息，审核程序。"),
    (BY_OFFICE + "保护智慧财产权", "保护知识产权"),
    (BY_OFFICE + "推广新技术套用", "推广新技术应用"),
    (BY_OFFICE + "把人民民众放在心上", "把人民群众放在心上"),
    (BY_OFFICE + "方便民众办事", "方便群众办事"),
    (BY_OFFICE + "关注巨观政策", "关注宏观政策"),
    (BY_OFFICE + "购置智慧型终端，建设智慧城市", "购置智能终端，建设智慧城市"),
    (BY_OFFICE + "促进经济成长", "促进经济增长"),
    (BY_OFFICE + "企业快速成长", "企业快速成长"),
    (BY_OFFICE + "拓宽融资管道", "拓宽融资渠道"),
    (BY_OFFICE + "更换燃气管道", "更换燃气管道"),
    (BY_OFFICE + "生产矽材料和多晶矽", "生产硅材料和多晶硅"),
    (BY_OFFICE + "调整专业设定", "调整专业设置"),
    (BY_OFFICE + "建设资料库，提交申请资料", "建设数据库，提交申请资料"),
    (BY_OPENCC + "支援高阶人才和高阶工程师", "支持高端人才和高级工程师"),
    (BY_OPENCC + "评审高阶职称", "评审高级职称"),
    (BY_OPENCC + "规范性档案存入档案馆", "规范性文件存入档案馆"),
    (BY_OPENCC + "经济平稳执行，严格执行规定", "经济平稳运行，严格执行规定"),
    (BY_OPENCC + "释出公告，联络社群", "发布公告，联系社区"),
    (BY_OPENCC + "专案组行使行政许可权，下放许可权", "专案组行使行政许可权，下放权限"),
]


@pytest.mark.parametrize(("text", "expected"), CONVERTED)
def test_words_of_a_converted_text_come_back(text: str, expected: str) -> None:
    assert in_mainland_words(text).endswith(expected)


@pytest.mark.parametrize("before", [BY_OPENCC, BY_OFFICE])
@pytest.mark.parametrize(
    "text",
    [
        "建立核心团队，整合资源，加强互动",
        "线上线下结合，新增岗位",
        "建设配套用房",
        "举办互联网路演",
        "联网路由设备",
        "农民众多，居民众筹",
        "单位元旦值班",
        "参保人数位居全省第一",
        "改变数量和结构",
        "银行销售理财",
        "建设定点医院",
        "解释出台背景",
        "接连结束三场比赛",
        "系列印刷品",
        "全域旅游户型别墅",
    ],
)
def test_mainland_words_and_chance_runs_stay_in_a_converted_text(before: str, text: str) -> None:
    assert in_mainland_words(before + text).endswith(text)


@pytest.mark.parametrize("word", ["支援", "装置", "档案", "资讯", "联络"])
def test_word_of_both_sides_stays_where_the_text_also_prints_its_counterpart(word: str) -> None:
    (counterpart,) = [pair.mainland for pair in _pairs() if pair.taiwan == word]
    text = f"各部门要最佳化伺服器，稽核程式。{word}，{counterpart}。"
    assert in_mainland_words(text).endswith(f"{word}，{counterpart}。")


def test_words_of_one_converter_do_not_count_for_another() -> None:
    """An office program leaves 支持 alone: in its texts 支援 is the writer's own."""
    text = "关注巨观政策和人民民众，促进投资成长。支援灾区，软件和项目信息。"
    assert "群众" in in_mainland_words(text)
    assert in_mainland_words(text).endswith("支援灾区，软件和项目信息。")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "与网路公司合作，支援灾区。",
        "方便民众办事，设定目标，建立档案，联络企业。",
        "引进台资的某某网路科技公司，支持软件、网络和信息项目，优化服务器，审核程序。",
        "套用标准，稽核账目，发布信息，支持项目，设备先进，服务对象广泛。",
    ],
)
def test_mainland_text_is_not_taken_for_converted(text: str) -> None:
    assert not is_vocabulary_converted(text)
    assert in_mainland_words(text) == text


TAIWAN = [
    "民國一百十二年行政院核定，補助業者使用網路及資料庫，最佳化服務。",
    "依中華民國法律，保護智慧財產權，發展網際網路。",
    "本府依縣（市）政府權責辦理軟體及硬體設備補助，鄉（鎮、市、區）公所受理，每案新臺幣三萬元。",
    "直轄市、縣（市）主管機關得委託民間團體建置資料庫，網路申請者免附影本。",
]


@pytest.mark.parametrize("text", TAIWAN)
def test_text_from_taiwan_keeps_its_words(text: str) -> None:
    simplified = to_simplified(text)
    assert is_genuine_taiwan(simplified)
    assert in_mainland_words(simplified) == simplified


def test_mainland_text_that_speaks_of_taiwan_is_no_text_from_there() -> None:
    text = "市人民政府台湾事务办公室依照国务院规定，为台湾同胞最佳化网路服务，保护智慧财产权，收取新台币。"
    assert not is_genuine_taiwan(text)
    assert is_vocabulary_converted(text)


def mainland_texts(seeds: Path) -> list[str]:
    """Texts that no converter of words has touched."""
    untouched = (path for path in sorted(seeds.iterdir()) if path.name[:3] in ("002", "003"))
    return [to_simplified(read_document(path).raw) for path in (*DOCUMENTS, *untouched)]


def test_no_mainland_text_is_changed(seeds: Path) -> None:
    assert [in_mainland_words(text) for text in mainland_texts(seeds)] == mainland_texts(seeds)


def test_texts_come_back_from_a_converter(seeds: Path) -> None:
    convert = opencc.OpenCC("s2twp").convert
    right = size = detected = 0
    for text in mainland_texts(seeds):
        converted = to_simplified(convert(text))
        detected += is_vocabulary_converted(converted)
        matcher = difflib.SequenceMatcher(None, text, in_mainland_words(converted), autojunk=False)
        right += sum(block.size for block in matcher.get_matching_blocks())
        size += len(text)
    assert right / size >= 0.998
    assert detected >= len(mainland_texts(seeds)) - 1


def test_table_is_in_order_and_says_each_word_once() -> None:
    words = [pair.taiwan for pair in _pairs()]
    assert words == sorted(set(words))


def test_pairs_are_whole() -> None:
    for pair in _pairs():
        assert pair.use in ("sign", "word", "contested", "kept")
        assert (pair.taiwan == pair.mainland) == (pair.use == "kept")
        assert bool(pair.converters) == (pair.use != "kept")
        assert set(pair.converters) <= set("omw")
        assert to_simplified(pair.taiwan) == pair.taiwan


def test_signs_are_no_mainland_words() -> None:
    known = {p.taiwan: frequencies().get(p.taiwan, 0) for p in _pairs() if p.use == "sign"}
    assert {word: count for word, count in known.items() if count > MOST_OF_SIGNS} == {}


@given(st.text("网路际视窗民众套用最佳化支援项目专案程式 ，。\n", max_size=60))
def test_edits_are_ordered_within_the_text_and_done_at_once(text: str) -> None:
    edits = list(mainland_words(text))
    assert all(edit.start < edit.end <= len(text) for edit in edits)
    assert all(one.end <= other.start for one, other in itertools.pairwise(edits))
    assert all(edit.rule == "taiwan_vocabulary" and 0 < edit.certainty <= 1 for edit in edits)


def test_long_hostile_text_is_read_in_bounded_time() -> None:
    assert list(mainland_words("网路民众套用视窗" * 40_000))
