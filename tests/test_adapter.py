"""The embedder's adapter: how it is trained, that it fits, and what it brings."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from eval.adapter import TRAINING, Example, examples, train
from eval.questions import SETS, load_sets
from rag import config, models
from rag.answer import load_embedder
from rag.embed import SentenceTransformerEmbedder
from rag.errors import InputError, ModelError

DOCUMENT = """某县公共体育馆管理办法

第一条 体育馆由县体育局管理。
第二条 未满十四周岁的，应当由成年人陪同。携带玻璃容器的，不得入场。
第三条 羽毛球场地每小时收费三十元。
"""


def write(folder: Path, *questions: dict[str, object]) -> Path:
    (folder / "a_1.txt").write_text(DOCUMENT, encoding="utf-8")
    lines = [json.dumps({"id": str(i), "doc": "a_1.txt", **q}) + "\n" for i, q in enumerate(questions)]
    (folder / "a.jsonl").write_text("".join(lines), encoding="utf-8")
    return folder


def test_a_question_is_taught_with_its_sentence_against_the_other_clauses(tmp_path: Path) -> None:
    quote = "应当由成年人陪同"
    [taught] = examples(
        write(
            tmp_path,
            {"q": "小孩自己進去行嗎", "quotes": [quote], "kind": "answer"},
            {"q": "有没有更衣室", "quotes": [], "kind": "miss"},
        )
    )
    assert taught.question == "小孩自己进去行吗"
    assert len(taught.answers) == 2  # the clause as a piece, and its sentence by itself
    assert all(quote in text for text in taught.answers)
    assert any("三十元" in text for text in taught.others)
    assert not any("玻璃容器" in text for text in taught.others)


def test_a_quote_that_its_document_does_not_hold_is_named(tmp_path: Path) -> None:
    folder = write(tmp_path, {"q": "几点开门", "quotes": ["早上八点"], "kind": "answer"})
    with pytest.raises(InputError, match="早上八点"):
        examples(folder)


def test_nothing_that_is_evaluated_on_is_trained_on() -> None:
    taught = examples(TRAINING)
    assert len(taught) > 3000
    assert sum(bool(example.others) for example in taught) > 800
    asked = {question.question for held in load_sets(SETS) for question in held.questions}
    assert not asked & {example.question for example in taught}
    folders = {held.documents for held in load_sets(SETS) if held.documents}
    held_names = {path.name for folder in folders for path in folder.iterdir()}
    assert not held_names & {path.name for path in TRAINING.iterdir()}


@pytest.mark.models
def test_training_writes_an_adapter_that_changes_the_vectors(tmp_path: Path) -> None:
    settings = config.load()
    model = models.path(settings.cache, settings.embedder)
    told: list[str] = []
    cost, owner = "游泳馆每次收费二十元。", "游泳馆由体育局管理。"
    taught = [
        Example("下水一趟得掏几个钱", (cost,), (owner, "泳帽自备。")),
        Example("谁说了算", (owner,), (cost, "泳帽自备。")),
    ]
    out = tmp_path / "own.safetensors"
    train(model, out, taught * 40, progress=lambda label, done, total: told.append(label))
    assert told.count("train") == 15  # 80 questions, three times, in batches of 16

    def lead(embedder: SentenceTransformerEmbedder) -> float:
        near, far = embedder.embed_passages([cost, owner]) @ embedder.embed_query("下水一趟得掏几个钱")
        return float(near - far)

    plain = SentenceTransformerEmbedder(model, "plain")
    assert lead(SentenceTransformerEmbedder(model, "changed", adapter=out)) > lead(plain) + 0.01


@pytest.mark.models
def test_an_adapter_of_another_model_is_refused(tmp_path: Path) -> None:
    from safetensors.numpy import save_file

    settings = config.load()
    wrong = {
        "encoder.layer.99.attention.self.query.A": np.zeros((8, 384), np.float16),
        "encoder.layer.99.attention.self.query.B": np.zeros((384, 8), np.float16),
    }
    save_file(wrong, tmp_path / "wrong.safetensors")
    with pytest.raises(ModelError, match=r"wrong\.safetensors does not fit"):
        SentenceTransformerEmbedder(
            models.path(settings.cache, settings.embedder), "", adapter=tmp_path / "wrong.safetensors"
        )


def test_the_adapter_is_part_of_the_models_identity(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    name = config.load().embedder
    shipped = models.adapter(name)
    assert shipped is not None
    assert shipped.stat().st_size < 1_000_000
    bare = {name: replace(models.CATALOGUE[name], adapter="")}
    assert models.adapter(name, catalogue=bare) is None
    assert models.adapter("another/model") is None
    assert models.identity(tmp_path, name, catalogue=bare) != models.identity(tmp_path, name)


# Everyday words, the sentence that answers, and one that shares more words with the question and does not.
EVERYDAY = (
    (
        "体育馆里能带水杯吗，就是那种会摔碎的",
        "携带玻璃容器的，不得入场。",
        "体育馆内设直饮水点，水杯可以寄存在服务台。",
    ),
    (
        "娃儿三岁打疫苗要钱不",
        "学龄前儿童接种免疫规划疫苗不收取费用。",
        "疫苗接种单位由县卫生健康局指定并公布。",
    ),
    (
        "水表坏了谁掏钱换",
        "计量器具非因用户责任损坏的，由供水企业负责更换。",
        "水表由用户妥善保管，不得擅自拆卸。",
    ),
    (
        "Can I get my deposit back if I move out early?",
        "提前退租的，押金予以退还。",
        "承租人入住前应当交纳押金。",
    ),
    (
        "外地人考本地驾照行不行",
        "非本市户籍人员凭居住证可以在本市申请机动车驾驶证。",
        "本市机动车驾驶人考试由公安机关组织。",
    ),
    (
        "家里养了二十头猪，粪咋处理才不挨罚",
        "畜禽规模养殖应当建设废弃物贮存设施，防止渗漏溢流。",
        "生猪养殖户每户补贴二百元。",
    ),
    (
        "遛弯时踩坏了花草赔不赔",
        "损坏绿地植物的，依法承担赔偿责任。",
        "花草树木由园林部门养护，花期每年公布。",
    ),
    (
        "老板拖着不发钱找谁",
        "用人单位拖欠劳动报酬的，劳动者可以向劳动保障监察机构投诉。",
        "用人单位负责人对工资总额负责。",
    ),
)


@pytest.mark.models
def test_everyday_words_come_nearer_to_what_answers_them_than_to_what_repeats_them() -> None:
    settings = config.load()
    adapted = load_embedder(settings)
    plain = SentenceTransformerEmbedder(models.path(settings.cache, settings.embedder), "plain")

    def right(embedder: object) -> int:
        assert isinstance(embedder, SentenceTransformerEmbedder)
        found = 0
        for question, answer, trap in EVERYDAY:
            near, far = embedder.embed_passages([answer, trap]) @ embedder.embed_query(question)
            found += bool(near > far)
        return found

    assert right(adapted) >= len(EVERYDAY) - 1
    assert right(adapted) > right(plain)
