"""GetUserSettings and its sisters: real clients understand the answers, and no address tells more than another."""

from collections.abc import Callable
from xml.sax.saxutils import escape

import pytest
from exchangelib.errors import ErrorNonExistentMailbox, ErrorOrganizationNotFederated
from exchangelib.version import EXCHANGE_2019
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from protocols.errors import Fault, RequestError
from protocols.ews.autodiscover import settings
from protocols.ews.autodiscover.settings import Kind
from protocols.ews.autodiscover.soap import AUTODISCOVER, SOAP11, SOAP12, dialect, encode_fault
from tests.protocols.ews.autodiscover.captures import (
    EWS_JAVASCRIPT_API,
    EXCHANGELIB,
    read_by_exchangelib,
    version_by_exchangelib,
)

URL = "https://busy.example.com/EWS/Exchange.asmx"
A = f"{{{AUTODISCOVER}}}"
XSI_TYPE = "{http://www.w3.org/2001/XMLSchema-instance}type"


def request(operation: str, targets: list[str], wanted: list[str], soap: str = SOAP11) -> bytes:
    name = "Mailbox" if operation == "GetUserSettings" else "Domain"
    users = "".join(f"<z:User><z:{name}>{escape(each)}</z:{name}></z:User>" for each in targets)
    names = "".join(f"<z:Setting>{escape(each)}</z:Setting>" for each in wanted)
    asked = f"<z:Request><z:Users>{users}</z:Users><z:RequestedSettings>{names}</z:RequestedSettings></z:Request>"
    message = f"<z:{operation}RequestMessage>{asked}</z:{operation}RequestMessage>"
    body = f'<e:Body xmlns:z="{AUTODISCOVER}">{message}</e:Body>'
    return f'<e:Envelope xmlns:e="{soap}">{body}</e:Envelope>'.encode()


def answered(data: bytes, serves: Callable[[str], bool] = bool) -> bytes:
    return settings.encode(settings.decode(data), URL, serves=serves)


def test_exchangelib_finds_its_server() -> None:
    data = answered(EXCHANGELIB)
    [user] = read_by_exchangelib(data)
    user.raise_errors()
    assert user.ews_url == URL
    assert user.user_settings["internal_ews_url"] == URL
    assert user.version.api_version == "Exchange2016"
    assert user.user_settings_errors["user_dn"] == ("SettingIsNotAvailable", "The setting is not available.")
    version = version_by_exchangelib(data)
    assert version.api_version == "Exchange2016"
    assert version.build > EXCHANGE_2019


def test_what_ews_javascript_api_asks_is_answered_in_typed_settings() -> None:
    root = etree.fromstring(answered(EWS_JAVASCRIPT_API))
    found = [
        (each.get(XSI_TYPE), each.findtext(f"{A}Name"), each.findtext(f"{A}Value"))
        for each in root.iter(f"{A}UserSetting")
    ]
    assert found == [("StringSetting", "ExternalEwsUrl", URL), ("StringSetting", "InternalEwsUrl", URL)]
    assert root.find(f".//{A}UserSettingErrors") is not None
    assert not list(root.iter(f"{A}UserSettingError"))


def test_what_is_asked() -> None:
    asked = settings.decode(request("GetUserSettings", ["a@x.example", " b@x.example "], ["One", "Two", "One"]))
    assert (asked.kind, asked.targets, asked.wanted) == (Kind.USER, ("a@x.example", "b@x.example"), ("One", "Two"))
    assert settings.decode(request("GetDomainSettings", ["x.example"], ["One"])).kind is Kind.DOMAIN
    assert settings.decode(request("GetFederationInformation", ["x.example"], [])).kind is Kind.FEDERATION


@pytest.mark.parametrize("soap", [SOAP11, SOAP12])
def test_the_envelope_is_the_callers(soap: str) -> None:
    root = etree.fromstring(answered(request("GetUserSettings", ["a@x.example"], ["ExternalEwsUrl"], soap)))
    assert root.tag == f"{{{soap}}}Envelope"


def test_each_user_has_an_answer_and_bad_ones_only_their_own_error() -> None:
    users = ["a@x.example", "nobody", "b@elsewhere.example", "A@X.example"]
    data = answered(request("GetUserSettings", users, ["ExternalEwsUrl"]), serves={"x.example"}.__contains__)
    found = read_by_exchangelib(data)
    assert [user.ews_url if user.user_settings else user.error_code for user in found] == [
        URL,
        "InvalidUser",
        "InvalidUser",
        URL,
    ]
    with pytest.raises(ErrorNonExistentMailbox):
        found[1].raise_errors()


@given(st.text(alphabet="abcdefghijklmnopqrstuvwxyz0123456789.+_-'&", min_size=1, max_size=30))
def test_every_address_of_a_domain_gets_the_same_bytes(local: str) -> None:
    other = answered(request("GetUserSettings", ["someone@x.example"], ["ExternalEwsUrl", "UserDisplayName"]))
    assert answered(request("GetUserSettings", [f"{local}@x.example"], ["ExternalEwsUrl", "UserDisplayName"])) == other


def test_domain_settings() -> None:
    data = answered(request("GetDomainSettings", ["x.example", "not a domain"], ["ExternalEwsUrl", "Other"]))
    root = etree.fromstring(data)
    codes = [each.findtext(f"{A}ErrorCode") for each in root.iter(f"{A}DomainResponse")]
    assert codes == ["NoError", "InvalidDomain"]
    [setting] = root.iter(f"{A}DomainSetting")
    assert (setting.get(XSI_TYPE), setting.findtext(f"{A}Value")) == ("DomainStringSetting", URL)
    assert root.findtext(f".//{A}DomainSettingError/{A}SettingName") == "Other"


def test_there_is_no_federation() -> None:
    data = answered(request("GetFederationInformation", ["x.example"], []))
    assert etree.fromstring(data).findtext(f".//{A}Response/{A}ErrorCode") == "NotFederated"
    with pytest.raises(ErrorOrganizationNotFederated):
        read_by_exchangelib(data.replace(b"GetFederationInformationResponse", b"GetUserSettingsResponse"))


TRUST = settings.Federation(
    application_uri="FYDIBOHF25SPDLT.x.example",
    domains=frozenset({"x.example", "y.example"}),
    issuers=(("https://sts.example/extSTS.srf", "urn:federation:MicrosoftOnline"),),
)


def federation(*domains: str) -> etree._Element:
    message = request("GetFederationInformation", list(domains), [])
    return etree.fromstring(settings.encode(settings.decode(message), URL, federation=TRUST))


@pytest.mark.parametrize("domain", ["x.example", "X.EXAMPLE"])
def test_a_federated_domain_is_told_what_tokens_must_say(domain: str) -> None:
    found = federation(domain).find(f".//{A}Response")
    assert found is not None
    names = ["ErrorCode", "ErrorMessage", "ApplicationUri", "Domains", "TokenIssuers"]
    assert [etree.QName(child).localname for child in found] == names
    assert found.findtext(f"{A}ErrorCode") == "NoError"
    assert found.findtext(f"{A}ApplicationUri") == TRUST.application_uri
    assert [each.text for each in found.iter(f"{A}Domain")] == ["x.example"]
    issuer = found.find(f"{A}TokenIssuers/{A}TokenIssuer")
    assert issuer is not None
    assert (issuer.findtext(f"{A}Endpoint"), issuer.findtext(f"{A}Uri")) == TRUST.issuers[0]


@pytest.mark.parametrize(
    "domains", [("z.example",), ("sub.x.example",), ("no domain",), (), ("x.example", "y.example")]
)
def test_other_domains_are_not_federated(domains: tuple[str, ...]) -> None:
    assert federation(*domains).findtext(f".//{A}ErrorCode") == "NotFederated"


@pytest.mark.parametrize(
    ("targets", "wanted"),
    [
        ([], ["ExternalEwsUrl"]),
        (["a@x.example"], []),
        (["a@x.example"] * 101, ["ExternalEwsUrl"]),
        (["a@x.example"] * 100, [f"Setting{number}" for number in range(101)]),
        (["a@x.example"], ["x" * 101]),
    ],
)
def test_too_few_and_too_many_are_an_invalid_request(targets: list[str], wanted: list[str]) -> None:
    root = etree.fromstring(answered(request("GetUserSettings", targets, wanted)))
    assert root.findtext(f".//{A}Response/{A}ErrorCode") == "InvalidRequest"
    assert not list(root.iter(f"{A}UserResponse"))


def test_too_many_settings_of_domains_are_an_invalid_request_too() -> None:
    root = etree.fromstring(answered(request("GetDomainSettings", ["x.example"], [f"S{n}" for n in range(101)])))
    assert root.findtext(f".//{A}Response/{A}ErrorCode") == "InvalidRequest"
    assert not list(root.iter(f"{A}DomainResponse"))


def test_the_largest_answer_is_no_flood() -> None:
    most = answered(request("GetUserSettings", ["a@x.example"] * 100, [f"&{n:099}" for n in range(100)]))
    assert len(most) < 4 << 20


def test_a_setting_asked_for_often_is_answered_once() -> None:
    root = etree.fromstring(answered(request("GetUserSettings", ["a@x.example"], ["A", "ExternalEwsUrl"] * 1000)))
    assert len(list(root.iter(f"{A}UserSetting"))) == len(list(root.iter(f"{A}UserSettingError"))) == 1


def test_a_hundred_users_are_not_too_many() -> None:
    data = answered(request("GetUserSettings", ["a@x.example"] * 100, ["ExternalEwsUrl"]))
    assert len(read_by_exchangelib(data)) == 100


@given(
    st.lists(
        st.text(
            st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"], exclude_characters="\ufffe\uffff"),
            min_size=1,
            max_size=99,
        ),
        min_size=1,
        max_size=100,
    )
)
def test_strange_names_of_settings_come_back_as_not_available(names: list[str]) -> None:
    names = [f"?{name}" for name in names]
    root = etree.fromstring(answered(request("GetUserSettings", ["a@x.example"], names)))
    found = [(each.findtext(f"{A}SettingName") or "").strip() for each in root.iter(f"{A}UserSettingError")]
    assert found == list(dict.fromkeys(name.strip() for name in names))


@given(st.integers(0, len(EWS_JAVASCRIPT_API) - 1), st.binary(max_size=20), st.integers(0, 30))
def test_whatever_comes_is_answered_or_refused(start: int, junk: bytes, lost: int) -> None:
    damaged = EWS_JAVASCRIPT_API[:start] + junk + EWS_JAVASCRIPT_API[start + lost :]
    try:
        answer = answered(damaged)
    except RequestError as error:
        answer = encode_fault(error, dialect(damaged))
    assert etree.fromstring(answer).tag.endswith("}Envelope")


@pytest.mark.parametrize(
    "data",
    [
        request("GetOrganizationRelationshipSettings", ["x.example"], []),
        request("GetUserSettings", ["a@x.example"], ["A"]).replace(AUTODISCOVER.encode(), b"urn:x"),
    ],
)
def test_another_operation_is_unknown(data: bytes) -> None:
    with pytest.raises(RequestError) as caught:
        settings.decode(data)
    assert caught.value.fault is Fault.UNKNOWN_OPERATION
