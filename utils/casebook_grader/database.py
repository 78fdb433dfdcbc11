"""nbgrader's database: opened with clear errors, and shared with formgrader and other graders."""

import contextlib
import sqlite3
import time
from collections.abc import Callable, Iterator
from typing import TypeVar

import sqlalchemy
from nbgrader.api import Base, Course, Gradebook, get_alembic_version
from nbgrader.coursedir import CourseDirectory
from sqlalchemy import URL, Column, Connection, MetaData, String, Table, insert, make_url, select
from sqlalchemy.exc import (
    ArgumentError,
    IntegrityError,
    OperationalError,
    SQLAlchemyError,
)
from traitlets.config import Config

from casebook_grader.course import CourseError

_TRIES = 7  # of a transaction; the pauses add up to six seconds
_PATIENCE = 60  # seconds that another program may hold the gradebook
_TABLES, _ENTERING = 0x6E6200, 0x6E6201  # numbers that PostgreSQL knows locks by
_Result = TypeVar("_Result")


def open_gradebook(config: Config) -> Gradebook:
    """Open the gradebook that the settings name; a new one gets nbgrader's tables.

    The journal of an SQLite file stays as it is: SQLite's other one (WAL) lets formgrader read
    while a grader writes, but does not work on the network file systems where courses often lie.

    Args:
        config: nbgrader's settings; `c.CourseDirectory.db_url` says where.

    Raises:
        CourseError: It cannot be opened, is locked, or is not of this version of nbgrader.
    """
    course = CourseDirectory(config=config)
    try:
        return _open(_patient(make_url(course.db_url)), course.course_id)
    except (SQLAlchemyError, ImportError) as error:
        raise _trouble(error, course.db_url) from error


@contextlib.contextmanager
def alone(config: Config) -> Iterator[None]:
    """Let one program at a time do what nbgrader does in several transactions.

    Whoever comes second waits until the first is done or has ended, in whatever way.

    Raises:
        CourseError: Another program takes too long, or there is no gradebook to be made there.
    """
    course = CourseDirectory(config=config)
    with contextlib.ExitStack() as held:
        try:
            url = _patient(make_url(course.db_url))
            if url.get_backend_name() == "sqlite":
                # A file beside the gradebook, whose own lock nbgrader needs again and again.
                url = url.set(database=f"{url.database}.lock")
            engine = sqlalchemy.create_engine(url)
            held.callback(engine.dispose)
            _lock(held.enter_context(engine.connect()), _ENTERING)
        except (SQLAlchemyError, ImportError) as error:
            raise _trouble(error, course.db_url) from error
        yield


def in_transaction(gradebook: Gradebook, work: Callable[[Connection], _Result]) -> _Result:
    """Do all of some work in a gradebook or none of it; again where another grader interfered.

    Raises:
        CourseError: The gradebook stays locked, or cannot be read or written.
    """

    def once() -> _Result:
        with gradebook.engine.connect() as db:
            _begin(db)
            result = work(db)
            db.commit()
            return result

    try:
        return _again(once)
    except SQLAlchemyError as error:
        raise _trouble(error, gradebook.engine.url) from error


def _again(work: Callable[[], _Result]) -> _Result:
    """Do some work, again after an error that may not come back.

    Two graders may have entered the same learner, or wait for each other, or the server is being
    restarted.
    """
    for tries in range(1, _TRIES):
        try:
            return work()
        except (IntegrityError, OperationalError) as error:
            if _is_locked(error):
                raise
            time.sleep(0.1 * 2 ** (tries - 1))
    return work()


def _open(url: URL, course_id: str) -> Gradebook:
    """Open a gradebook; make its tables and enter the course, where that is still to be done.

    nbgrader does both when it opens a gradebook, but not where two programs do so at once.
    """
    engine = sqlalchemy.create_engine(url)
    try:
        with engine.connect() as db:
            _lock(db, _TABLES)
            _require_columns(db)
            if not sqlalchemy.inspect(db).get_table_names():
                Base.metadata.create_all(db)
                alembic = Table("alembic_version", MetaData(), Column("version_num", String(32)))
                alembic.create(db)
                db.execute(insert(alembic).values(version_num=get_alembic_version()))
            if db.scalar(select(Course.id).where(Course.id == course_id)) is None:
                db.execute(insert(Course).values(id=course_id))
            db.commit()
    finally:
        engine.dispose()
    return Gradebook(url, course_id)


def _begin(db: Connection) -> None:
    """Begin a transaction that writes."""
    if db.dialect.name == "sqlite":
        # Take turns with other writers from the first statement on: SQLite would otherwise refuse
        # whoever reads first and writes after another did.
        db.exec_driver_sql("BEGIN IMMEDIATE")


def _lock(db: Connection, number: int) -> None:
    """Begin a transaction during which others wait for this lock."""
    _begin(db)
    if db.dialect.name == "postgresql":
        db.exec_driver_sql(f"SELECT pg_advisory_xact_lock({number})")


def _require_columns(db: Connection) -> None:
    """Raise CourseError if a table of the gradebook lacks a column of nbgrader's."""
    found = sqlalchemy.inspect(db).get_multi_columns()
    names = {table: {column["name"] for column in columns} for (_, table), columns in found.items()}
    missing = [
        f"{table}.{column.name}"
        for table in Base.metadata.sorted_tables
        for column in table.columns
        if column.name not in names.get(table.name, [column.name])
    ]
    if missing:
        raise CourseError(
            f"the gradebook {_shown(db.engine.url)} is of an older nbgrader: it has no "
            f"{', '.join(missing)}. Make a copy of it, then run: nbgrader db upgrade"
        )


def _patient(url: URL) -> URL:
    """The same database; its driver waits while another program holds it, but not for ever."""
    if url.get_backend_name() == "sqlite":
        wanted = {"timeout": str(_PATIENCE)}
    elif url.get_backend_name() == "postgresql":
        wanted = {"connect_timeout": "10", "options": f"-c lock_timeout={_PATIENCE}s"}
    else:
        wanted = {}
    return url.update_query_dict(wanted | dict(url.query))


def _is_locked(error: SQLAlchemyError) -> bool:
    """Whether another program held the gradebook for as long as one is waited for."""
    cause = getattr(error, "orig", None)
    if isinstance(cause, sqlite3.Error):
        return cause.sqlite_errorcode & 0xFF == sqlite3.SQLITE_BUSY
    return getattr(cause, "sqlstate", None) == "55P03"  # lock_not_available


def _trouble(error: Exception, where: URL | str) -> CourseError:
    """What a person can do about an error of the database."""
    reason = " ".join(str(getattr(error, "orig", None) or error).split())
    if isinstance(error, ArgumentError | ImportError):
        todo = (
            "Expected c.CourseDirectory.db_url in nbgrader_config.py to be such as "
            "sqlite:////course/grading/gradebook.db or postgresql+psycopg://grader@host/gradebook"
        )
    elif _is_locked(error):
        todo = (
            f"Another program has held it for over {_PATIENCE} seconds: wait until it is done, or "
            "close it, and run this again; it goes on where it stopped"
        )
    elif "sqlite" in str(where):
        todo = (
            "Expected a file of nbgrader's that you may write, in a folder that exists, on a disk "
            "with room. If it is damaged, put a copy back"
        )
    else:
        todo = (
            "Expected a server that answers, and a database on it that you may write: see "
            "c.CourseDirectory.db_url in nbgrader_config.py"
        )
    return CourseError(f"the gradebook {_shown(where)} cannot be used ({reason}). {todo}.")


def _shown(where: URL | str) -> str:
    """A database's address without its password."""
    try:
        return make_url(where).set(query={}).render_as_string(hide_password=True)
    except ArgumentError:
        return str(where)
