"""Free text: columns, prompts and answers."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest
import tokenize_py as tk

POLICY = """
version: 1
name: notes
columns:
  name:   { action: encrypt, mode: deterministic }
  email:  { action: tokenize, format: email }
  notes:  { action: text, entities: { EMAIL_ADDRESS: { as: email }, PERSON: { as: name }, "*": { action: redact } } }
"""


@pytest.fixture
def keyring(tmp_path: Path) -> tk.Keyring:
    return tk.Keyring.create(tmp_path / "keyring.json", kms="local:kek.key")


def test_notes_carry_the_tokens_of_their_row(keyring: tk.Keyring) -> None:
    clear = pd.DataFrame(
        {
            "name": ["Zoe Quimby", None],
            "email": ["zoe.quimby@example.org", None],
            "notes": ["Zoe called \U0001f600 from zoe.quimby@example.org", "nothing"],
        }
    )
    t = tk.Tokenizer(POLICY, keyring)
    masked = t.mask(clear)
    note = masked.notes[0]
    assert f"[EMAIL_ADDRESS:{masked.email[0]}:" in note
    assert "Zoe" not in note
    assert masked.notes[1] == "nothing"
    pd.testing.assert_frame_equal(t.unmask(masked), clear)


def test_prompts_and_answers(keyring: tk.Keyring) -> None:
    t = tk.Tokenizer(POLICY, keyring)
    prompt = t.mask_text("Write to zoe.quimby@example.org, please.")
    tag = prompt.removeprefix("Write to ").removesuffix(", please.")
    assert tag.startswith("[EMAIL_ADDRESS:")
    assert tag.endswith("]")
    assert t.unmask_text(f"{tag}'s answer: **{tag}**") == (
        "zoe.quimby@example.org's answer: **zoe.quimby@example.org**"
    )
    invented = "[EMAIL_ADDRESS:bob@example.org:aaaaaaaaaa] bob@example.org"
    assert t.unmask_text(invented) == invented
    assert t.mask_text("") == ""


def test_tags_outlive_a_rotation(keyring: tk.Keyring) -> None:
    masked = tk.Tokenizer(POLICY, keyring).mask_text("mail zoe.quimby@example.org")
    keyring.add()
    keyring.promote(2)
    t = tk.Tokenizer(POLICY, keyring)
    assert t.unmask_text(masked) == "mail zoe.quimby@example.org"
    assert t.mask_text("mail zoe.quimby@example.org") != masked


def test_a_policy_that_says_nothing_of_texts(keyring: tk.Keyring) -> None:
    t = tk.Tokenizer("version: 1\nname: x\ncolumns: { a: { action: redact } }\n", keyring)
    with pytest.raises(tk.PolicyError, match="nothing in the policy says what happens to texts"):
        t.mask_text("mail zoe.quimby@example.org")
