"""Wrong configurations: the exact sentence for each."""

from pathlib import Path

import pytest

from console.configuration import FILE_NAME, ConfigurationError, find, load

SERVER = '[server]\npublic_url = "https://busy.example.com"\ncertificate.kind = "none"\n'
GOOGLE = '[connectors.n]\nprotocol = "google"\nservice_account = "file:n.json"\nsubject = "target"\n'

WRONG: dict[str, tuple[str, list[str]]] = {
    "no section": ("", ["1: server: is missing; add a section [server]"]),
    "not TOML": (
        "[server]\npublic_url = busy.example.com\n",
        [
            "2: is not TOML: Invalid value; text stands in double quotes, true and false and numbers without: "
            'key = "value"'
        ],
    ),
    "no equals sign": (
        "[server]\n\nlisten\n",
        ["3: is not TOML: Expected '=' after a key in a key/value pair; write key = \"value\""],
    ),
    "key twice": (
        SERVER + 'public_url = "https://b.example"\n',
        ["4: is not TOML: Cannot overwrite a value; the key stands twice in its section: keep one of the two"],
    ),
    "open list": ("listen = [1,\n2\n\n\n", ["2: is not TOML: Unclosed array; close the list with ]"]),
    "misspelt key": (
        SERVER + 'deadlin = "8s"\n',
        ["4: server.deadlin: there is no such key here; did you mean deadline?"],
    ),
    "misspelt and so missing": (
        '[server]\n# public_url = "x"\npublic_ur = "https://busy.example.com"\ncertificate.kind = "none"\n',
        ["3: server.public_ur: there is no such key here; did you mean public_url?"],
    ),
    "a key of another section": (
        SERVER + '[cache]\npublic_url = "https://b.example"\n',
        ["5: cache.public_url: there is no such key here; it belongs to [hub_notifications] or [server]"],
    ),
    "a key of an entry": (
        SERVER + '[cache]\nmay_ask = ["*"]\n',
        ["5: cache.may_ask: there is no such key here; it belongs to [[callers]]"],
    ),
    "the kind of a sign-in is no key": (
        SERVER + '[connectors.f]\nprotocol = "ews"\nurl = "https://m.example/x"\n'
        'auth = { kind = "negotiate", username = "u" }\n',
        ["7: connectors.f.auth: write username and password, both or neither"],
    ),
    "text for a number that may have a point": (
        SERVER + '[[callers]]\nname = "n"\nmay_ask = ["*"]\nbasic = { usernames = ["u"], password = "file:x" }\n'
        'rate = "fast"\n',
        ["8: callers[1].rate: is not what is wanted here; write a number, without quotes"],
    ),
    "misspelt section": (
        SERVER + "[cahce]\nttl = '1m'\n",
        ["4: cahce: there is no such key here; did you mean cache?"],
    ),
    "key of nothing alike": (
        SERVER + "[rooms]\nzzz = 1\n",
        ["5: rooms.zzz: there is no such key here; write one of match"],
    ),
    "single brackets": (
        SERVER + '[routes]\nmatch = "a.example"\n',
        ["4: routes: is not what is wanted here; write each in a section of its own, [[routes]], with double brackets"],
    ),
    "unknown protocol": (
        SERVER + '[connectors.c]\nprotocol = "grap"\n',
        ['5: connectors.c.protocol: "grap" is not known; did you mean graph?'],
    ),
    "no protocol": (
        SERVER + "[connectors.c]\n",
        ["4: connectors.c.protocol: is missing; it says of which kind this section is"],
    ),
    "missing key of a union": (
        SERVER + '[connectors.n]\nprotocol = "google"\nsubject = "target"\n',
        ['4: connectors.n.service_account: is missing; write for example: service_account = "file:northwind.json"'],
    ),
    "password written down": (
        SERVER
        + '[connectors.f]\nprotocol = "ews"\nurl = "https://f.example/EWS/Exchange.asmx"\n'
        + '[connectors.f.auth]\nkind = "basic"\nusername = "svc"\npassword = "hunter2"\n',
        ['10: connectors.f.auth.password: a secret is never written here: write "env:NAME" or "file:path"'],
    ),
    "number for a length of time": (
        SERVER + "deadline = 8\n",
        ['4: server.deadline: not a length of time: write a number and its unit, such as "8s", "500ms", "2m" or "1h"'],
    ),
    "text for a number": (
        SERVER + '[cache]\nmailboxes = "many"\n',
        ["5: cache.mailboxes: is not what is wanted here; write a whole number, without quotes"],
    ),
    "too few": (
        SERVER + "[cache]\nmailboxes = -1\n",
        ["5: cache.mailboxes: must be at least 0; write 0 or more, or leave it out: it is 100000 then"],
    ),
    "empty list": (
        SERVER + '[[callers]]\nname = "a"\nmay_ask = []\nbasic = { usernames = [], password = "env:P" }\n',
        ["7: callers[1].basic.usernames: write at least one"],
    ),
    "text for a list": (
        SERVER + 'listen = "0.0.0.0:443"\n',
        ['4: server.listen: is not what is wanted here; write a list, such as ["0.0.0.0:443"]'],
    ),
    "unknown connector": (
        SERVER + GOOGLE + '[[routes]]\nmatch = "n.example"\nvia = "nn"\n',
        ['10: routes[1].via: there is no connector "nn": write one of "n"'],
    ),
    "route twice": (
        SERVER + GOOGLE + '[[routes]]\nmatch = "n.example"\nvia = "n"\n' * 2,
        ['12: routes[2].match: "n.example" has a route already, via "n": remove one of the two'],
    ),
    "inline table": (
        SERVER + '[[callers]]\nname = "a"\nmay_ask = ["n.example"]\nbasic = { usernames = ["u"], pasword = "env:P" }\n',
        ["7: callers[1].basic.pasword: there is no such key here; did you mean password?"],
    ),
    "unknown choice": (
        SERVER
        + '[[callers]]\nname = "a"\nmay_ask = ["n.example"]\nsees = "detail"\n'
        + 'basic = { usernames = ["u"], password = "env:P" }\n',
        ['7: callers[1].sees: "detail" is not known; did you mean details?'],
    ),
    "several at once, in the order of the file": (
        SERVER + 'listn = []\n[cache]\nttl = "soon"\n',
        [
            "4: server.listn: there is no such key here; did you mean listen?",
            '6: cache.ttl: not a length of time: write a number and its unit, such as "8s", "500ms", "2m" or "1h"',
        ],
    ),
}


@pytest.mark.parametrize("name", WRONG)
def test_tells_file_line_key_and_remedy(name: str, tmp_path: Path) -> None:
    text, expected = WRONG[name]
    path = tmp_path / FILE_NAME
    path.write_text(text, "utf-8")
    with pytest.raises(ConfigurationError) as caught:
        load(path)
    assert str(caught.value).splitlines() == [f"{path}:{line}" for line in expected]


def test_never_repeats_what_may_be_a_secret(tmp_path: Path) -> None:
    path = tmp_path / FILE_NAME
    path.write_text(WRONG["password written down"][0], "utf-8")
    with pytest.raises(ConfigurationError) as caught:
        load(path)
    assert "hunter2" not in str(caught.value)


def test_missing_file_says_how_to_begin(tmp_path: Path) -> None:
    path = tmp_path / FILE_NAME
    with pytest.raises(ConfigurationError) as caught:
        load(path)
    assert str(caught.value) == (
        f"{path}: there is no such file; name it by --config or $BUSYLINE_CONFIG, "
        "or begin one: busyline config example > busyline.toml"
    )


def test_bytes_that_are_no_text(tmp_path: Path) -> None:
    path = tmp_path / FILE_NAME
    path.write_bytes(b"[server]\n\xff")
    with pytest.raises(ConfigurationError, match="is not text in UTF-8; save it again as UTF-8"):
        load(path)


def test_a_byte_order_mark_is_read_over(tmp_path: Path) -> None:
    path = tmp_path / FILE_NAME
    path.write_text("\ufeff" + SERVER, "utf-8")
    assert load(path).server.public_url == "https://busy.example.com"


def test_found_by_option_then_variable_then_working_directory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("BUSYLINE_CONFIG", raising=False)
    assert find(None) == Path("busyline.toml")
    monkeypatch.setenv("BUSYLINE_CONFIG", "/etc/busyline/it.toml")
    assert find(None) == Path("/etc/busyline/it.toml")
    assert find(Path("other.toml")) == Path("other.toml")
