"""What the built-in redactor takes for a secret, and what it leaves alone."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from headroom_core.store.redact import redact_secrets, redacts

A = "aB3dE5fG7hJ9kL1mN0pQ"  # not a secret of anyone
KEY = "-----BEGIN RSA PRIVATE KEY-----\n" + "MIIE" * 40 + "\n-----END RSA PRIVATE KEY-----"

SECRETS = {
    "private key": KEY,
    "private key in JSON": KEY.replace("\n", "\\n"),
    "private key with headers": KEY.replace("\nMIIE", "\nProc-Type: 4,ENCRYPTED\n\nMIIE", 1),
    "private key without its end": KEY[:150],
    "AWS id": "id AKIA" + "ABCDEFGH12345678",
    "AWS secret": "aws_secret_access_key = wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
    "GitHub": "gh" + "p_" + "a1" * 18,
    "GitHub, fine-grained": "github_" + "pat_" + "a1" * 20,
    "GitLab": "gl" + "pat-" + A,
    "Slack": "xo" + "xb-123456789012-" + A,
    "Slack hook": "https://hooks.slack" + f".com/services/T000/B000/{A}",
    "OpenAI": "sk-" + "proj-" + A,
    "OpenAI, old": "sk-" + "a1B2" * 12,
    "Anthropic": "sk-" + "ant-api03-" + A,
    "Google": "AI" + "za" + "a1B2c" * 7,
    "Google, OAuth": "ya" + "29." + A,
    "Stripe": "sk_" + "live_" + A,
    "npm": "np" + "m_" + "a1" * 18,
    "PyPI": "py" + "pi-" + A * 3,
    "Hugging Face": "h" + "f_" + A * 2,
    "JWT": f"eyJ{A}.eyJ{A}.{A}",
    "header": f"Authorization: Bearer {A}",
    "header in JSON": f'"authorization": "Basic {A}=="',
    "connection string": "postgres://user:pa55@db.local/x",
    "connection string without user": "redis://:pa55word@[::1]:6379",
    "password in quotes": 'db_password = "hunter"',
    "password in single quotes": "passwd: 'hunter'",
    "password in JSON": '{"password": "hunter two"}'.replace(" two", ""),
    "password in escaped JSON": '{\\"password\\": \\"hunter\\"}',
    "password, bare": "user=a password=hunter2 ",
    "token": f'"access_token":"{A}"',
    "api key in a query": f"/v1?api_key={A}&x=1",
    "environment": "export DB_PASSWORD=correcthorse",
    "environment, token": "X=1\nCI_JOB_TOKEN=abcdef",
}
PLAIN = {
    "empty": "",
    "prose": "The password is asked for once; the token: see the manual.",
    "type": "password: string\ntoken: str | None\nsecret: Optional[str]",
    "keyword arguments": "login(password=password, token=token, api_key=os.environ['KEY'])",
    "call": "token = generate_access_token_v2_for_user(user1)",
    "placeholder": 'password = "<your password>"\nTOKEN=${CI_TOKEN}\npassword: "${DB1_PASSWORD}"',
    "stars": "password=********** AUTH_TOKEN=*****",
    "counts": "tokens: 123456 max_token=100000 token_count=5",
    "word": '{"token": "running"}',
    "directory": "PWD=/home/user1\nOLDPWD=/srv/app2",
    "hash": "3fa9c1d27b04e6d5 sha256:" + "ab12" * 16,
    "address": "https://example.org:8080/a@b and git+ssh://git@github.com/a/b",
    "begin alone": 'if "-----BEGIN PRIVATE KEY-----" in text:',
    "base64": "aGVsbG8gd29ybGQ=" * 10,
    "skip": "task-sk-1 disk-space",
}


@pytest.mark.parametrize("text", SECRETS.values(), ids=SECRETS)
def test_a_secret_is_masked_wherever_it_stands(text: str) -> None:
    for around in (text, f"line before\n{text}\nline after", f"\u00e9 {text} \u00e9"):
        masked = redact_secrets(around)

        assert "[redacted: " in masked
        assert redacts(redact_secrets, around)
        assert A not in masked


@pytest.mark.parametrize("text", PLAIN.values(), ids=PLAIN)
def test_what_is_no_secret_is_left_alone(text: str) -> None:
    assert redact_secrets(text) == text
    assert not redacts(redact_secrets, text)


def test_only_the_value_of_a_named_secret_is_masked() -> None:
    masked = redact_secrets("a=1 password='hunter2' b=2\nredis://u:pa55@h/0")

    assert masked == (
        "a=1 password='[redacted: password]' b=2\nredis://u:[redacted: connection string]@h/0"
    )


def test_without_a_redactor_nothing_is_redacted() -> None:
    assert not redacts(None, SECRETS["JWT"])


def test_a_redactor_of_ones_own_decides_by_what_it_changes() -> None:
    assert redacts(lambda text: text.replace("ACME", "x"), "ACME Corp")
    assert not redacts(lambda text: text.replace("ACME", "x"), "Others")


@given(st.text())
def test_any_text_without_a_hint_comes_back(text: str) -> None:
    assert redact_secrets(text) == text


@pytest.mark.parametrize(
    "unit",
    [
        *SECRETS.values(),
        "-----BEGIN PRIVATE KEY-----",
        "-----BEGIN " + "A" * 30,
        "password=",
        "password=a1(",
        "token='",
        "token=token=a1",
        "eyJaaaaaaaa.",
        "eyJ",
        "://a:",
        "://" + ":" * 50,
        "AUTHORIZATION: Bearer",
        "A_TOKEN",
        "\nTOKEN=",
        "sk-ant-",
        "xoxb-",
    ],
    ids=lambda unit: unit[:20],
)
def test_time_grows_linearly_with_a_hostile_text(unit: str) -> None:
    def seconds(size: int) -> float:
        text = unit * (size // len(unit))
        start = time.process_time()
        redact_secrets(text)
        return time.process_time() - start

    assert seconds(160_000) < 16 * max(seconds(40_000), 0.005)
