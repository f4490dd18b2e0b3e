"""`tokenize_py.spark` on a real cluster: what comes out, what is refused, and what happens when workers fail."""

from __future__ import annotations

import json
import os
import shutil
import signal
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import boto3
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest
import tokenize_py as tk
from conftest import CANARY, DIGITS, EMAIL, ENCRYPT, KEEP, PSEUDONYM, SSN, assert_silent, policy

pyspark = pytest.importorskip("pyspark")
if shutil.which("java") is None:
    pytest.skip("Spark needs Java", allow_module_level=True)

from pyspark import TaskContext, cloudpickle  # noqa: E402
from pyspark.errors import PySparkException  # noqa: E402
from pyspark.sql import functions as F  # noqa: E402, N812
from relay import AWS, free_port, relay  # noqa: E402
from spark_cluster import cluster, logs, session  # noqa: E402
from tokenize_py import _spark  # noqa: E402
from tokenize_py import spark as tks  # noqa: E402

# Workers cannot import this file.
cloudpickle.register_pickle_by_value(sys.modules[__name__])

ROWS, PARTS = 8000, 4
OUTPUT = {"action": "encrypt", "key": "output"}
COLUMNS = {
    "n": "id",
    "ssn": "if(id % 7 = 0, null, format_string('%03d-%02d-%04d', 100 + id % 500, 1 + id % 99, 1 + id % 9999))",
    "mail": "concat('person', id, '@example.com')",
    "name": "if(id % 5 = 0, null, concat('Name ', id % 3))",
    "score": "if(id % 3 = 0, null, cast(id / 4 as decimal(10,2)))",
    "seen": "timestamp_seconds(1700000000 + id)",
    "born": "if(id % 11 = 0, null, date_add(date'1980-01-01', int(id % 9000)))",
    "person": (
        "if(id % 13 = 0, null, named_struct('ssn', '123-45-6789', "
        "'codes', array('1234567', null, format_string('%07d', id)), 'left', id))"
    ),
    "mails": "if(id % 2 = 0, map(), map('home', concat('h', id, 'xyz@example.com'), 'none', null))",
    "kept": "array(named_struct('x', id))",
}
RULES = policy(
    n=KEEP, ssn=SSN, mail=EMAIL, name=ENCRYPT, score=ENCRYPT, seen=ENCRYPT,
    born={"action": "shift_date", "subject": "mail", "max_days": 30},
    kept=KEEP,
    **{
        "person.ssn": SSN, "person.codes[]": DIGITS, "person.left": KEEP,
        "mails{key}": KEEP, "mails{value}": EMAIL,
    },
)  # fmt: skip
RANDOM = ("name", "score", "seen")
ENDPOINT = f"http://127.0.0.1:{free_port()}"


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("cluster")


@pytest.fixture(scope="module")
def spark(home: Path) -> Iterator[Any]:
    # What workers reach a KMS by; nobody answers there but in the test of it.
    with cluster(home) as address, session(address, home, **AWS, AWS_ENDPOINT_URL_KMS=ENDPOINT) as session_:
        yield session_


@pytest.fixture
def people(spark: Any, tmp_path: Path) -> Any:
    """A table in files of Spark's, in as many parts as there are files."""
    made = spark.range(0, ROWS, 1, PARTS).selectExpr(*(f"{what} AS {name}" for name, what in COLUMNS.items()))
    made.write.parquet(str(tmp_path / "people"))
    return spark.read.parquet(str(tmp_path / "people"))


def rows(df: Any, *columns: str) -> list[Any]:
    names = columns or df.columns
    found: list[Any] = df.orderBy("n").select(*names).collect()
    return found


def disturbed(marker: Path, harm: Callable[[], None]) -> Any:
    """A column of numbers that comes through as it is; once, in the middle of a task, something happens."""
    path = str(marker)

    def through(n: int) -> int:
        if n == ROWS - 100 and not os.path.exists(path):
            with open(path, "w") as file:
                file.write(str(TaskContext.get().partitionId()))
            harm()
        return n

    return F.udf(through, "long")


def end_executor() -> None:
    """The process of the executor: the parent of the daemon that this one was forked from."""
    with open(f"/proc/{os.getppid()}/stat") as file:
        parent = file.read().rsplit(")", 1)[1].split()[1]
    os.kill(int(parent), signal.SIGKILL)


def fail() -> None:
    raise RuntimeError("once")


def test_tokens_are_those_of_every_door(people: Any, keyring: tk.Keyring, tmp_path: Path) -> None:
    masked = tks.mask(people, RULES, keyring)
    assert masked.columns == people.columns
    whole = pq.read_table(tmp_path / "people").sort_by("n")
    here = tk.Tokenizer(RULES, keyring).mask(whole)
    exact = [name for name in people.columns if name not in (*RANDOM, "kept")]
    there = masked.select(exact).toArrow().sort_by("n")
    for name in exact:
        assert there[name].to_pylist() == here[name].to_pylist(), name
    clear = tks.unmask(masked, keyring)
    assert rows(clear) == rows(people)
    assert [field.dataType for field in clear.schema] == [field.dataType for field in people.schema]
    assert all(not field.metadata for field in clear.schema)


def test_kept_columns_stay_where_they_are(people: Any, keyring: tk.Keyring) -> None:
    masked = tks.mask(people, RULES, keyring)
    plan = masked._jdf.queryExecution().executedPlan().toString()
    calls = [line for line in plan.splitlines() if "EvalPython" in line]
    assert len(calls) == 1, plan
    assert "kept#" not in calls[0].split("], [")[0]
    # What nobody asks for is not masked.
    assert "EvalPython" not in masked.select("n", "kept")._jdf.queryExecution().executedPlan().toString()


def test_files_that_spark_wrote_say_what_was_done(
    spark: Any, people: Any, keyring: tk.Keyring, tmp_path: Path
) -> None:
    tks.mask(people, RULES, keyring).write.parquet(str(tmp_path / "masked"))
    read = spark.read.parquet(str(tmp_path / "masked"))
    assert rows(tks.unmask(read, keyring)) == rows(people)
    assert rows(tks.unmask(read.withColumnRenamed("mail", "address").drop("born"), keyring), "n", "address") == rows(
        people.withColumnRenamed("mail", "address"), "n", "address"
    )
    with pytest.raises(tk.PolicyError) as caught:
        tks.mask(read, RULES, keyring)
    assert caught.value.code == "already_masked"
    part = max((tmp_path / "masked").glob("part-*.parquet"))
    by_others(part, tmp_path / "people", keyring)
    with pytest.raises(tk.PolicyError) as caught:
        tk.mask_file(part, tmp_path / "twice.parquet", policy=RULES, keyring=keyring)
    assert caught.value.code == "already_masked"
    tk.unmask_file(part, tmp_path / "clear.parquet", keyring=keyring)
    assert b"tokenize." not in (tmp_path / "clear.parquet").read_bytes()
    back = spark.read.parquet(str(tmp_path / "clear.parquet"))
    numbers = [row["n"] for row in rows(back, "n")]
    assert rows(back) == rows(people.where(F.col("n").isin(numbers)))
    # A part at a time: what is left still says so, to Spark and to everyone.
    some = tks.unmask(read, keyring, columns=["ssn", "name"])
    some.write.parquet(str(tmp_path / "some"))
    again = spark.read.parquet(str(tmp_path / "some"))
    assert rows(again, "ssn", "name") == rows(people, "ssn", "name")
    assert rows(tks.unmask(again, keyring)) == rows(people)


def by_others(part: Path, people: Path, keyring: tk.Keyring) -> None:
    """What pyarrow reads of such a file: Spark's schema as a text in its metadata."""
    tokenizer, masked = tk.Tokenizer(RULES, keyring), pq.read_table(part)
    assert tk.guard(masked, tokenizer) is masked
    tk.guard(pq.read_schema(part))
    with pytest.raises(tk.PolicyError, match=r"^not masked: ssn, "):
        tk.guard(pq.read_schema(min(people.glob("part-*.parquet"))), tokenizer)
    with pytest.raises(tk.PolicyError) as caught:
        tokenizer.mask(masked)
    assert caught.value.code == "already_masked"
    clear, whole = tokenizer.unmask(masked), pq.read_table(people).sort_by("n")
    # Spark writes instants without their time zone, a mask with it.
    names = ("ssn", "mail", "name", "score", "person")
    wanted = whole.filter(pc.is_in(whole["n"], clear["n"])).select(names).to_pydict()
    assert clear.sort_by("n").select(names).to_pydict() == wanted
    assert b"tokenize." not in str(clear.schema.metadata).encode()


@pytest.mark.parametrize("harm", [end_executor, fail])
def test_a_task_that_is_done_again_gives_the_same(
    spark: Any, people: Any, keyring: tk.Keyring, tmp_path: Path, harm: Callable[[], None]
) -> None:
    rules = policy("keep", **(RULES["columns"] | {"name": {**OUTPUT}}))
    masked = tks.mask(people, rules, keyring)
    marker = tmp_path / "marker"
    through = masked.withColumn("n", disturbed(marker, harm)(F.col("n")))
    through.write.parquet(str(tmp_path / "masked"))
    assert marker.exists()
    assert (tmp_path / "masked" / "_SUCCESS").exists()
    read = spark.read.parquet(str(tmp_path / "masked"))
    # Now undisturbed.
    assert rows(read) == rows(through)
    assert rows(tks.unmask(read, keyring)) == rows(people)
    # Equal values are not seen to be equal, in whichever part they are.
    cells = [bytes(row["name"]) for row in rows(read, "name") if row["name"] is not None]
    assert len(set(cells)) == len(cells) > ROWS // 2
    assert rows(tks.mask(people, rules, keyring), "name") != rows(read, "name")


def failed(action: Callable[[], Any], home: Path, target: Path, *values: str) -> str:
    """What the driver says of a job that fails; it leaves nothing, and nobody has said a value."""
    with pytest.raises(PySparkException) as caught:
        action()
    text = str(caught.value)
    assert_silent_spark(caught.value, home, *values)
    assert not (target / "_SUCCESS").exists()
    assert [path for path in target.rglob("*") if path.name.startswith("part-")] == []
    return text


def assert_silent_spark(error: BaseException, home: Path, *values: str) -> None:
    told = [str(error), repr(error), logs(home)]
    for value in (CANARY, *values):
        assert all(value not in text for text in told)


def test_a_value_that_does_not_fit_ends_the_job(
    spark: Any, people: Any, home: Path, keyring: tk.Keyring, tmp_path: Path
) -> None:
    spoilt = people.withColumn("ssn", F.expr(f"if(n = 7000, '{CANARY}', ssn)"))
    masked = tks.mask(spoilt, RULES, keyring)
    target = tmp_path / "masked"
    text = failed(lambda: masked.write.parquet(str(target)), home, target)
    assert "InvalidValueError: partition" in text
    assert "column ssn" in text


def test_a_worker_without_the_kek(people: Any, home: Path, keyring: tk.Keyring, tmp_path: Path) -> None:
    masked = tks.mask(people, RULES, keyring)
    (tmp_path / "kek.key").rename(tmp_path / "elsewhere.key")
    target = tmp_path / "masked"
    text = failed(lambda: masked.write.parquet(str(target)), home, target)
    assert "on the worker" in text
    assert "has to be on every worker at the same path" in text
    (tmp_path / "elsewhere.key").rename(tmp_path / "kek.key")
    masked.write.mode("overwrite").parquet(str(target))
    assert (target / "_SUCCESS").exists()


def test_a_kms_that_is_away(
    people: Any, home: Path, server: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in (AWS | {"AWS_ENDPOINT_URL_KMS": server}).items():
        monkeypatch.setenv(name, value)
    kms = boto3.client("kms", endpoint_url=server, region_name=AWS["AWS_REGION"])
    arn = kms.create_key()["KeyMetadata"]["Arn"]
    keyring = tk.Keyring.create(tmp_path / "keyring.json", kms=f"aws-kms:{arn}")
    masked = tks.mask(people, policy("keep", name=OUTPUT, ssn=SSN), keyring)
    target = tmp_path / "masked"
    text = failed(lambda: masked.write.parquet(str(target)), home, target)
    assert "KmsError: on the worker" in text
    with relay(int(ENDPOINT.rsplit(":", 1)[1]), int(server.rsplit(":", 1)[1])):
        assert rows(tks.unmask(masked, keyring)) == rows(people)


def test_one_data_key_for_each_output(spark: Any, people: Any, keyring: tk.Keyring, tmp_path: Path) -> None:
    rules = policy("drop", n=KEEP, name=OUTPUT, score=OUTPUT, mail=EMAIL)
    masked = tks.mask(people, rules, keyring)
    [record] = json.loads(tks.manifest(masked))["data_keys"]
    cells = [bytes(cell) for row in rows(masked, "name", "score") for cell in row if cell is not None]
    assert {cell[6:22].hex() for cell in cells} == {record["id"]}
    masked.write.parquet(str(tmp_path / "masked"))
    read = spark.read.parquet(str(tmp_path / "masked"))
    names = ("n", "name", "score", "mail")
    assert rows(tks.unmask(read, keyring), *names) == rows(people, *names)
    # Where no metadata is kept, the manifest opens them.
    bare = spark.createDataFrame(read.rdd, _spark.bare(read.schema))
    assert tks.manifest(read) == tks.manifest(masked)
    with pytest.raises(tk.PolicyError, match="no column says"):
        tks.manifest(bare)
    opened = tks.unmask(bare, keyring, manifests=[tks.manifest(masked)])
    assert rows(opened, *names) == rows(people, *names)
    keyring.export_writer(tmp_path / "writer.json")
    writer = tk.Keyring.open(tmp_path / "writer.json")
    with pytest.raises(tk.KeyringError) as caught:
        tks.mask(people.select("name"), policy(name=OUTPUT), writer)
    assert caught.value.code == "write_only"


def test_by_the_policy_where_nothing_is_said(spark: Any, people: Any, keyring: tk.Keyring, tmp_path: Path) -> None:
    rules = policy(n=KEEP, ssn=SSN, score={**ENCRYPT, "output": "string"}, name={**ENCRYPT, "output": "string"})
    names = ("n", "ssn", "score", "name")
    tks.mask(people.select(*names), rules, keyring).write.option("header", True).csv(str(tmp_path / "masked"))
    read = spark.read.schema("n long, ssn string, score string, name string").csv(str(tmp_path / "masked"), header=True)
    with pytest.raises(tk.PolicyError) as caught:
        tks.unmask(read, keyring)
    assert caught.value.code == "nothing_masked"
    clear = tks.unmask(read, keyring, policy=rules)
    assert [tuple(row) for row in rows(clear.selectExpr("n", "ssn", "cast(score as decimal(10,2))", "name"))] == [
        tuple(row) for row in rows(people, *names)
    ]
    keyring.add()
    keyring.promote(2)
    with pytest.raises(tk.PolicyError) as caught:
        tks.unmask(read, keyring, policy=rules)
    assert caught.value.code == "missing_key_version"
    assert rows(tks.unmask(read, keyring, policy=rules, key_version=1), "ssn") == rows(people, "ssn")


def test_joins_of_two_outputs(people: Any, keyring: tk.Keyring) -> None:
    left = tks.mask(people.select("n", "mail", "name"), policy(n=KEEP, mail=EMAIL, name=OUTPUT), keyring)
    right = people.selectExpr("mail AS mail", "ssn", "n AS m")
    right = tks.mask(right, policy(mail=EMAIL, ssn=SSN, m=KEEP), keyring)
    joined = left.join(right.withColumnRenamed("mail", "mail2"), F.col("mail") == F.col("mail2"))
    clear = tks.unmask(joined, keyring)
    wanted = people.selectExpr("n", "mail", "name", "mail AS mail2", "ssn", "n AS m")
    assert rows(clear) == rows(wanted)
    with pytest.raises(tk.PolicyError, match="several outputs"):
        tks.manifest(joined)


def test_what_is_refused_before_a_job(spark: Any, people: Any, keyring: tk.Keyring, tmp_path: Path) -> None:
    def refused(kind: type[tk.TokenizeError], code: str, call: Callable[[], Any]) -> tk.TokenizeError:
        with pytest.raises(tk.TokenizeError) as caught:
            call()
        assert (type(caught.value), caught.value.code) == (kind, code), caught.value
        assert_silent(caught.value)
        return caught.value

    jobs = spark.sparkContext.statusTracker().getJobIdsForGroup
    before = len(jobs())
    some = people.select("n", "ssn", "seen")
    refused(tk.PolicyError, "unlisted_column", lambda: tks.mask(some, policy(n=KEEP), keyring))
    refused(tk.PolicyError, "unsupported_type", lambda: tks.mask(some, policy("keep", seen=EMAIL), keyring))
    refused(tk.PolicyError, "nothing_masked", lambda: tks.unmask(some, keyring))
    masked = tks.mask(some, policy("keep", ssn=SSN), keyring)
    # A column that was changed has lost its tags, and its tokens would pass for values.
    lost = masked.withColumn("ssn", F.upper("ssn"))
    refused(tk.PolicyError, "nothing_masked", lambda: tks.unmask(lost, keyring))
    other = tk.Keyring.create(tmp_path / "other.json", kms="local:other.key")
    refused(tk.PolicyError, "other_keyring", lambda: tks.unmask(masked, other))
    assert len(jobs()) == before


def test_metadata_of_other_columns_does_not_stay(people: Any, keyring: tk.Keyring) -> None:
    """Spark ML keeps in the metadata of an index the labels that it stands for."""
    labels = {"ml_attr": {"vals": ["person1@example.com"]}}
    indexed = people.select("mail", F.col("n").alias("n", metadata=labels), "kept")
    masked = tks.mask(indexed, policy("keep", mail=EMAIL), keyring)
    assert "person1" not in masked.schema.json()
    assert json.loads(tks.manifest(masked))["keyring"] == keyring.id


def test_functions_for_sql(spark: Any, people: Any, keyring: tk.Keyring) -> None:
    rules = policy(mail=EMAIL, ssn=SSN, name=OUTPUT, n={**PSEUDONYM, "output": "int64"}, day=KEEP)
    people.createOrReplaceTempView("people")
    spark.udf.register("mask_mail", tks.mask_function(rules, keyring, "mail"))
    spark.udf.register("unmask_mail", tks.unmask_function(rules, keyring, "mail"))
    query = "SELECT mail, mask_mail(mail) AS token, unmask_mail(mask_mail(mail)) AS back FROM people"
    found = spark.sql(query).toArrow()
    assert found["back"].to_pylist() == found["mail"].to_pylist()
    local = tk.Tokenizer(policy(mail=EMAIL), keyring).mask(pa.table({"mail": found["mail"]}))
    assert found["token"].to_pylist() == local["mail"].to_pylist()
    pseudonym = tks.mask_function(rules, keyring, "n", type="long")
    assert dict(people.select(pseudonym("n").alias("p")).dtypes) == {"p": "bigint"}
    for column, code in (("name", "unpublished"), ("day", "policy"), ("none", "unlisted_column")):
        with pytest.raises(tk.PolicyError) as caught:
            tks.mask_function(rules, keyring, column)
        assert caught.value.code == code


def test_the_guide(
    spark: Any, people: Any, keyring: tk.Keyring, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The code of `docs/spark.md`."""
    for name in ("customers", "masked"):
        monkeypatch.setitem(GUIDE, name, str(tmp_path / name))
    people.selectExpr("n", "mail AS email").write.parquet(GUIDE["customers"])
    (tmp_path / "policy.yaml").write_text(json.dumps(policy(n=KEEP, email=EMAIL)))
    monkeypatch.chdir(tmp_path)
    text = (Path(__file__).parents[2] / "docs" / "spark.md").read_text()
    code = text.split("```python\n")[1].split("```")[0]
    for name in ("customers", "masked"):
        # Workers have folders of their own.
        code = code.replace(f'parquet("{name}")', f'parquet("{GUIDE[name]}")')
    found = {"spark": spark}
    exec(code, found)  # noqa: S102
    assert rows(found["clear"]) == rows(people.selectExpr("n", "mail AS email"))
    [token] = found["tokens"].collect()
    assert token["token"] == tk.Tokenizer(policy(email=EMAIL), keyring).mask(pa.table({"email": ["ann@example.com"]}))[
        "email"
    ][0].as_py()


GUIDE: dict[str, str] = {}
