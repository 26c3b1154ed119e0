"""The command line: `tiaowen ask | search | show | check | read | add | remove | list | build | models | serve ...`.

An edge: it draws what the library reports, turns a `TiaowenError` into one line and exit status 1, and
imports what is heavy inside the command that needs it, so that `--help` is quick.
"""

from __future__ import annotations

import argparse
import json
import logging
import os
import signal
import sys
import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

from rag import config
from rag.errors import DocumentError, InputError, ModelError, TiaowenError

if TYPE_CHECKING:
    from types import FrameType

    from rag.config import Settings
    from rag.embed import Embedder
    from rag.library import Failure

Progress = Callable[[str, int, int], None]

EXAMPLES = """\
例 / examples:
  tiaowen build                                   读入文件，建立索引 / read the documents, build the index
  tiaowen ask "返乡农民工在吕梁创业，能贷多少？"     提问 / ask a question
  tiaowen ask --extractive "..."                  只用原句回答，不用语言模型 / answer in the documents' own sentences
  tiaowen ask                                     连续对话 / a chat that keeps the context
  tiaowen search "创业担保贷款" --city 吕梁市       看检索结果 / see the hits
  tiaowen show "吕发改服务发〔2022〕153号第26条"     看条文 / show a clause
  tiaowen check 复函.docx                          核对一份文字 / check every sentence of a text
  tiaowen read 通知.docx --tree                    看读出了什么 / see what is understood of a file
  tiaowen add 通知.pdf 政策文件夹/                  加入文件 / add documents
  tiaowen models fetch                            取模型 / fetch the models
  tiaowen serve                                   打开网页 / open the page
  tiaowen token                                   管理令牌 / the token for staff actions
"""


class _Parser(argparse.ArgumentParser):
    """Errors on one line, with where to look."""

    def error(self, message: str) -> NoReturn:
        self.exit(2, f"tiaowen: {message}. See `{self.prog} --help`.\n")


def main(argv: Sequence[str] | None = None) -> None:
    """Run one command; exits with 0, 1 for a known error, 2 for wrong usage, 130 for Ctrl-C."""
    arguments = _parser().parse_args(argv)
    logging.basicConfig(
        level=logging.DEBUG if arguments.debug else logging.WARNING, format="%(name)s: %(message)s"
    )
    if arguments.debug:
        logging.getLogger("rag").setLevel(logging.DEBUG)
    # It tells its steps, and sets its own level when it is imported: only a filter outlasts that.
    signal.signal(signal.SIGINT, _interrupt)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    try:
        settings = config.load(flags={"home": arguments.home})
        status = arguments.run(arguments, settings)
    except TiaowenError as error:
        if arguments.debug:
            raise
        print(f"tiaowen: {error}", file=sys.stderr)
        status = 1
    except KeyboardInterrupt:
        print("tiaowen: 已停止 / stopped.", file=sys.stderr)
        status = 130
    except BrokenPipeError:  # the reader of our output has gone
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        status = 0
    sys.exit(status)


_interrupted = threading.Event()


def _interrupt(number: int, frame: FrameType | None) -> None:
    """Ctrl-C: raise at once, and remember it: a bare `except` in a library that is just being imported swallows it."""
    _interrupted.set()
    signal.default_int_handler(number, frame)


def _stoppable(report: Progress) -> Progress:
    """`report`, raising KeyboardInterrupt if a Ctrl-C was swallowed before."""

    def checked(label: str, done: int, total: int) -> None:
        if _interrupted.is_set():
            raise KeyboardInterrupt
        report(label, done, total)

    return checked


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(
        prog="tiaowen",
        description="条问：问政策，每句话都有条文为证。 Questions about policy documents, every sentence proved by its clause.",
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.set_defaults(debug=False, home=None)
    common = _Parser(add_help=False)
    common.add_argument(
        "--home",
        metavar="FOLDER",
        default=argparse.SUPPRESS,
        help="资料库文件夹 / the library's folder (TIAOWEN_HOME)",
    )
    common.add_argument(
        "--debug",
        action="store_true",
        default=argparse.SUPPRESS,
        help="显示详细日志和出错位置 / log in detail, show tracebacks",
    )
    parser.add_argument("--home", metavar="FOLDER", default=argparse.SUPPRESS, help=argparse.SUPPRESS)
    parser.add_argument("--debug", action="store_true", default=argparse.SUPPRESS, help=argparse.SUPPRESS)
    commands = parser.add_subparsers(
        title="命令 / commands", metavar="COMMAND", required=True, parser_class=_Parser
    )

    def command(
        name: str, run: Callable[[argparse.Namespace, Settings], int], text: str
    ) -> argparse.ArgumentParser:
        added = commands.add_parser(name, help=text, description=text, parents=[common])
        added.set_defaults(run=run)
        return added

    ask = command("ask", _ask, "回答问题；不给问题则开始对话 / answer a question, or chat without one")
    ask.add_argument("question", nargs="?", help="问题 / the question")
    ask.add_argument("--city", metavar="PLACE", help="地方 / the place, if the question names none")
    ask.add_argument(
        "--extractive", action="store_true", help="只用文件原句，不用语言模型 / no language model"
    )
    ask.add_argument(
        "--all",
        action="store_true",
        help="列出全部支持，不只最合适的 / every support, not only those that fit best",
    )
    ask.add_argument("--json", action="store_true", help="输出 JSON / print JSON")
    ask.add_argument(
        "--explain", action="store_true", help="显示每句话如何核对 / show how each line was checked"
    )
    ask.add_argument(
        "--as-of",
        type=_date,
        metavar="YYYY-MM-DD",
        help="按哪一天回答 / the day it is asked on (default today)",
    )
    search = command("search", _search, "只检索，显示条文和得分 / show hits with scores, no language model")
    search.add_argument("question", help="要找什么 / what to look for")
    search.add_argument("--city", metavar="PLACE", help="地方 / the place")
    search.add_argument("-k", type=_count, default=10, help="几条 / how many (default 10)")
    search.add_argument("--json", action="store_true", help="输出 JSON / print JSON")
    show = command("show", _show, "显示文件的结构或一条 / show a document's tree or a clause")
    show.add_argument(
        "document",
        help="文件名、发文字号、标题或地方，可带条号 / id, number, title or place, with or without a clause",
    )
    show.add_argument("label", nargs="?", help="条号 / the clause's label, e.g. 2.5.26")
    check = command(
        "check",
        _check,
        "核对一份文字的每句话和每处引用 / check every sentence and citation of a text; status 0 when all are supported, 1 otherwise, 2 unreadable",
    )
    check.add_argument(
        "file", metavar="FILE", help="文件 .txt .docx；- 读标准输入 / the text; - reads standard input"
    )
    form = check.add_mutually_exclusive_group()
    form.add_argument("--json", action="store_true", help="输出 JSON / print JSON")
    form.add_argument("--html", action="store_true", help="输出网页 / print a page")
    form.add_argument(
        "--docx", type=Path, metavar="OUT", help="写成带批注的 Word 文件 / write a Word file with comments"
    )
    check.add_argument(
        "--fix",
        action="store_true",
        help="输出按建议改好的全文，原文件不动 / print the text with the suggestions in place; FILE stays as it is",
    )
    check.add_argument(
        "--city", metavar="PLACE", help="地方，文中没有写明时 / the place, where the text names none"
    )
    check.add_argument(
        "--as-of",
        type=_date,
        metavar="YYYY-MM-DD",
        help="按哪一天核对 / the day it is checked on (default today)",
    )
    read = command("read", _read, "读一个文件，显示读出的内容 / read a file and show what was understood")
    read.add_argument("file", type=Path, metavar="FILE", help="文件 / .txt .md .html .docx .pdf")
    view = read.add_mutually_exclusive_group()
    view.add_argument("--tree", action="store_true", help="条文结构（默认） / metadata and clauses (default)")
    view.add_argument("--json", action="store_true", help="输出 JSON / print JSON")
    view.add_argument(
        "--repairs", action="store_true", help="修正了什么 / what was repaired, where, how sure"
    )
    view.add_argument("--text", action="store_true", help="所读的原文 / the text that offsets count in")
    add = command("add", _add, "加入文件、文件夹或压缩包 / add files, folders or zip archives")
    add.add_argument("paths", type=Path, nargs="+", metavar="PATH", help="文件、文件夹、.zip / what to add")
    clash = add.add_mutually_exclusive_group()
    clash.add_argument(
        "--replace", action="store_true", help="替换同名文件 / put it in the place of one of its name"
    )
    clash.add_argument("--as", dest="name", metavar="NAME", help="改用这个名字 / the name to hold it under")
    remove = command("remove", _remove, "移除文件 / remove documents")
    remove.add_argument(
        "names", nargs="+", metavar="NAME", help="文件名，见 tiaowen list / as `list` names them"
    )
    listing = command("list", _list, "列出所有文件 / list the documents held")
    listing.add_argument("--json", action="store_true", help="输出 JSON / print JSON")
    build = command("build", _build, "读入所有文件，建立索引 / read all documents and build the index")
    build.add_argument(
        "--if-needed", action="store_true", help="索引已是最新则不建 / do nothing if it is up to date"
    )
    models_command = command("models", _models, "管理模型 / the models: fetch, list, verify, path")
    models_command.add_argument("action", choices=("fetch", "list", "verify", "path"))
    models_command.add_argument(
        "names", nargs="*", metavar="NAME", help="模型名，默认全部 / model names (default all)"
    )
    serve = command("serve", _serve, "打开网页 / serve the page")
    token = command("token", _token, "网页管理功能的令牌 / make the token for staff actions on the page")
    token.add_argument("--revoke", action="store_true", help="关闭管理功能 / turn staff actions off")
    serve.add_argument(
        "--host",
        default="127.0.0.1",
        help="监听地址，默认只限本机 / address, default this machine only (127.0.0.1)",
    )
    serve.add_argument(
        "--port",
        type=_port,
        default=7860,
        help="端口，默认 7860；0 为任一空闲端口 / default 7860; 0: any free one",
    )
    return parser


# -- argument types -------------------------------------------------------------------------------


def _date(text: str) -> Any:
    import datetime

    try:
        return datetime.date.fromisoformat(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"{text!r} is not a date; expected YYYY-MM-DD") from error


def _count(text: str) -> int:
    if not text.isdigit() or not 1 <= int(text) <= 200:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number from 1 to 200")
    return int(text)


def _port(text: str) -> int:
    if not text.isdigit() or int(text) > 65535:
        raise argparse.ArgumentTypeError(f"{text!r} is not a port from 0 to 65535")
    return int(text)


# -- commands -------------------------------------------------------------------------------------


def _ask(arguments: argparse.Namespace, settings: Settings) -> int:
    if arguments.question is None and arguments.json:
        raise InputError("--json needs a question. Give one in quotes after `ask`.")
    from rag import terminal
    from rag.answer import load_answerer
    from rag.records import answer_record
    from rag.types import Mode, Turn
    from rag.understand import check_question

    if arguments.question is not None:
        check_question(arguments.question)
    mode: Mode = "extractive" if arguments.extractive else "composed"
    with terminal.loading(quiet=arguments.json):
        answerer = load_answerer(settings, mode=mode)
    options = {
        "place": arguments.city, "mode": mode, "as_of": arguments.as_of, "whole_list": arguments.all,
    }  # fmt: skip
    if arguments.json:
        answer = answerer.answer(arguments.question, **options)
        print(json.dumps(answer_record(answer), ensure_ascii=False))
        return 0
    view = terminal.View(explain=arguments.explain)
    if arguments.question is not None:
        view.show(answerer.stream(arguments.question, **options))
        return 0
    history: list[Turn] = []
    for question in view.questions():
        try:
            answer = view.show(answerer.stream(question, history, **options))
        except InputError as error:
            print(f"tiaowen: {error}", file=sys.stderr)
            continue
        history += [Turn("user", question), Turn("assistant", answer.text)]
    return 0


def _search(arguments: argparse.Namespace, settings: Settings) -> int:
    from rag import models, terminal
    from rag.answer import load_embedder
    from rag.index import load
    from rag.records import hit_record
    from rag.retrieve import retrieve
    from rag.understand import understand

    index = load(settings.home, models.identity(settings.cache, settings.embedder))
    query = understand(arguments.question, (), tuple(index.metadata.values()), place=arguments.city)
    if query.not_held and not query.documents:
        held = "、".join(dict.fromkeys(m.place for m in index.metadata.values() if m.place))
        raise InputError(f"No document of {'、'.join(query.not_held)} is held. Held: {held}.")
    with terminal.loading(quiet=arguments.json):
        embedder = load_embedder(settings)
    hits = retrieve(query, index, embedder, k=arguments.k).hits
    if arguments.json:
        print(json.dumps([hit_record(hit) for hit in hits], ensure_ascii=False))
    else:
        terminal.show_hits(query, hits, index)
    return 0


def _show(arguments: argparse.Namespace, settings: Settings) -> int:
    from rag import models, terminal
    from rag.index import load
    from rag.lookup import look_up

    index = load(settings.home, models.identity(settings.cache, settings.embedder))
    found = look_up(index, arguments.document, arguments.label)
    terminal.show_document(index, found)
    return 0


def _check(arguments: argparse.Namespace, settings: Settings) -> int:
    from rag import models, terminal
    from rag.answer import load_embedder
    from rag.checker.check import MAX_CHARS, Checker
    from rag.export import report_docx, report_html
    from rag.index import load
    from rag.records import check_record
    from rag.store import write_atomically

    try:
        text = _text_of(arguments.file)
        if len(text) > MAX_CHARS:
            raise DocumentError(
                f"{arguments.file} has {len(text):,} characters; at most {MAX_CHARS:,} are checked at a time. Split it into parts."
            )
    except DocumentError as error:
        print(f"tiaowen: {error}", file=sys.stderr)
        return 2
    index = load(settings.home, models.identity(settings.cache, settings.embedder))
    with terminal.loading(quiet=arguments.json):
        embedder = load_embedder(settings)
    checked = Checker(index, embedder).check(text, place=arguments.city, as_of=arguments.as_of)
    if arguments.json:
        record = check_record(checked)
        print(
            json.dumps({**record, "fixed": checked.fixed()} if arguments.fix else record, ensure_ascii=False)
        )
    elif arguments.html:
        print(report_html(checked))
    elif arguments.docx:
        write_atomically(arguments.docx, report_docx(checked))
    elif arguments.fix:
        print(checked.fixed())
    else:
        terminal.show_checked(checked)
    return 0 if checked.passed else 1


def _text_of(file: str) -> str:
    """The text to be checked; raises `DocumentError` if it cannot be read."""
    from rag.read import decode, read_document

    if file != "-":
        return read_document(Path(file)).raw
    text = decode(sys.stdin.buffer.read(), "standard input")
    if not text.strip():
        raise DocumentError("standard input holds no text. Pipe the text into it.")
    return text


def _read(arguments: argparse.Namespace, settings: Settings) -> int:
    from rag import terminal
    from rag.library import read
    from rag.read import read_document
    from rag.records import reading_record

    if arguments.text:  # of any text that can be decoded, be there clauses in it or not
        print(read_document(arguments.file).raw, end="")
        return 0
    reading = read(arguments.file)
    if arguments.json:
        print(json.dumps(reading_record(reading), ensure_ascii=False))
    elif arguments.repairs:
        terminal.show_repairs(reading)
    else:
        terminal.show_reading(reading)
    return 0


def _add(arguments: argparse.Namespace, settings: Settings) -> int:
    from rag import library, terminal
    from rag.answer import load_embedder

    if arguments.name is not None:
        library.check_name(arguments.name)
    with terminal.loading():  # first: nothing is added that could not be indexed
        embedder = load_embedder(settings)
    with terminal.progress() as report:
        changes = library.add(
            settings.home,
            settings.seeds,
            arguments.paths,
            replace=arguments.replace,
            name=arguments.name,
            progress=_stoppable(report),
        )
    terminal.show_changes(changes)
    if any(change.outcome in ("added", "replaced") for change in changes):
        _rebuild(settings, embedder)
    refused = [change for change in changes if change.outcome == "refused"]
    for change in refused:
        print(f"tiaowen: {change.reason}", file=sys.stderr)
    if not changes:
        raise InputError("Nothing to add: no file was found there.")
    return 1 if refused else 0


def _remove(arguments: argparse.Namespace, settings: Settings) -> int:
    from rag import library, terminal
    from rag.answer import load_embedder

    with terminal.loading():
        embedder = load_embedder(settings)
    library.remove(settings.home, settings.seeds, arguments.names)
    print(f"已移除 / removed: {'、'.join(arguments.names)}")
    _rebuild(settings, embedder)
    return 0


def _list(arguments: argparse.Namespace, settings: Settings) -> int:
    from rag import models, terminal
    from rag.index import listing
    from rag.records import held_record

    held = listing(settings.home, settings.seeds, models.identity(settings.cache, settings.embedder))
    if arguments.json:
        print(json.dumps([held_record(each) for each in held], ensure_ascii=False))
    else:
        terminal.show_held(held)
    return 0


def _build(arguments: argparse.Namespace, settings: Settings) -> int:
    from rag import models, terminal
    from rag.index import is_current, left_out

    identity = models.identity(settings.cache, settings.embedder)
    if arguments.if_needed and is_current(settings.home, settings.seeds, identity):
        _warn(left_out(settings.home))
        return 0
    from rag.answer import load_embedder

    with terminal.loading():
        embedder = load_embedder(settings)
    failures = _rebuild(settings, embedder)
    # The index is usable without the files that were left out: whoever only needs one goes on.
    return 1 if failures and not arguments.if_needed else 0


def _rebuild(settings: Settings, embedder: Embedder) -> tuple[Failure, ...]:
    """Bring the index up to date and say what it holds; returns the files that were left out."""
    from rag import examples, terminal
    from rag.answer import Answerer
    from rag.index import build, load

    with terminal.progress() as report:
        built = build(settings.home, settings.seeds, embedder, progress=_stoppable(report))
        answerer = Answerer(load(settings.home, embedder.identity), embedder)
        examples.update(settings.home, answerer, progress=_stoppable(report))
    print(
        f"{built.documents} 份文件，{built.clauses} 条，{built.passages} 段 / documents, clauses, passages -> {settings.home}"
    )
    _warn(built.failures)
    return built.failures


def _warn(failures: tuple[Failure, ...]) -> None:
    for failure in failures:
        print(f"tiaowen: left out {failure.name}: {failure.reason}", file=sys.stderr)


def _models(arguments: argparse.Namespace, settings: Settings) -> int:
    from rag import models, terminal

    if arguments.action == "path":
        for name in arguments.names or models.CATALOGUE:
            print(models.path(settings.cache, name))
        return 0
    if arguments.action == "list":
        terminal.show_models(models.listing(settings.cache))
        return 0
    with terminal.progress(unit="bytes") as report:
        if arguments.action == "fetch":
            models.fetch(settings.cache, arguments.names, progress=_stoppable(report))
            return 0
        standings = models.verify(settings.cache, arguments.names, progress=report)
    terminal.show_models(standings)
    bad = [standing for standing in standings if standing.state is not models.State.READY]
    if bad:
        raise ModelError("; ".join(standing.detail for standing in bad))
    return 0


def _token(arguments: argparse.Namespace, settings: Settings) -> int:
    from rag import token

    if arguments.revoke:
        token.revoke(settings.home)
        print("管理功能已关闭 / staff actions are off")
        return 0
    print(token.make(settings.home))
    print(
        "只显示这一次；再运行一次就作废旧的 / shown this once; running it again replaces it",
        file=sys.stderr,
    )
    return 0


def _serve(arguments: argparse.Namespace, settings: Settings) -> int:
    from ui.server import serve

    serve(settings, host=arguments.host, port=arguments.port)
    return 0


if __name__ == "__main__":
    main()
