"""E-mail over a real mail server and SMS over a real HTTP server, both on loopback, both in bad moods too."""

from __future__ import annotations

import socket
from contextlib import closing
from threading import Thread

import pytest
from aiosmtpd.smtp import AuthResult, LoginPassword

from certsvc.adapters.sms_door import SmsDoor
from certsvc.adapters.smtp_door import MailServer, SmtpDoor
from certsvc.domain.holder_notice import NoticeChannel, NoticeKind, OutgoingText, notice_text
from certsvc.errors import ConfigurationError
from certsvc.ports.platforms import NotReceived, Received
from tests.notices_on_change.outside import SECRET, MailBox, SmsProvider, mail_server, sms_server

SENDER, RECIPIENT = "notice@titles.example", "sun@example.com"
MESSAGE = notice_text(NoticeKind.REVOKED, NoticeChannel.EMAIL, "https://titles.example/portal/notices")


def door(port: int, seconds: float = 2.0, **given: str) -> SmtpDoor:
    return SmtpDoor(MailServer("127.0.0.1", port, "none", SENDER, **given), seconds)


def test_a_mail_is_plain_text_chinese_first_with_an_id_that_stays() -> None:
    box = MailBox()
    with mail_server(box) as port, closing(door(port)) as opened:
        assert [opened.send("a1b2", RECIPIENT, MESSAGE) for _ in range(2)] == [Received("smtp-250")] * 2
    first, second = box.mails
    assert first["Message-ID"] == second["Message-ID"] == "<a1b2@titles.example>"
    assert (first["To"], first.get_content_type()) == (RECIPIENT, "text/plain")
    assert first["From"].addresses[0].addr_spec == SENDER
    text = first.get_content()
    assert text.index("您的职称电子证书已撤销") < text.index("was revoked")
    assert len(box.sessions) == 1, "one connection for the messages of a round"


def test_login_is_made_where_it_is_set() -> None:
    seen = []

    def check(
        _server: object, _session: object, _envelope: object, mechanism: str, data: object
    ) -> AuthResult:
        assert isinstance(data, LoginPassword)
        seen.append((mechanism, data.login, data.password))
        return AuthResult(success=data.password == b"right", handled=False)

    with mail_server(MailBox(), authenticator=check, auth_require_tls=False) as port:
        with closing(door(port, user="certsvc", password="right")) as opened:
            assert opened.send("k", RECIPIENT, MESSAGE) == Received("smtp-250")
        with closing(door(port, user="certsvc", password="wrong")) as opened:
            refused = opened.send("k", RECIPIENT, MESSAGE)
    assert refused == NotReceived("connect-smtp-535"), "a wrong password loses no message"
    assert seen[0][1:] == (b"certsvc", b"right")


@pytest.mark.parametrize(
    ("at_recipient", "answers", "outcome"),
    [
        (["451 4.7.1 greylisted, try again later"], [], NotReceived("smtp-451")),
        (["550 5.1.1 no such user"], [], NotReceived("smtp-550", final=True)),
        ([], ["452 4.3.1 disk full"], NotReceived("smtp-452")),
        ([], ["554 5.7.1 not wanted"], NotReceived("smtp-554", final=True)),
    ],
)
def test_what_a_mail_server_refuses_for_now_is_tried_again_and_for_good_is_not(
    at_recipient: list[str], answers: list[str], outcome: NotReceived
) -> None:
    box = MailBox(at_recipient=at_recipient, answers=answers)
    with mail_server(box) as port, closing(door(port)) as opened:
        assert opened.send("k", RECIPIENT, MESSAGE) == outcome
        assert opened.send("k", RECIPIENT, MESSAGE) == Received("smtp-250")


def test_a_mail_server_that_is_away_or_says_nothing_holds_up_nobody() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = silent.getsockname()[1]
        assert door(port, 0.1).send("k", RECIPIENT, MESSAGE) == NotReceived("connect-smtpserverdisconnected")
    away = door(port, 0.5).send("k", RECIPIENT, MESSAGE)
    assert away == NotReceived("connect-connectionrefusederror")


def test_a_connection_that_breaks_off_is_opened_anew() -> None:
    with socket.create_server(("127.0.0.1", 0)) as rude:

        def hang_up() -> None:
            line, _ = rude.accept()
            line.sendall(b"220 hello\r\n")
            line.recv(100)
            line.close()

        thread = Thread(target=hang_up)
        thread.start()
        opened = door(rude.getsockname()[1], 1.0)
        outcome = opened.send("k", RECIPIENT, MESSAGE)
        thread.join()
    assert isinstance(outcome, NotReceived)
    assert not outcome.final


def test_without_tls_a_mail_server_is_spoken_to_on_the_own_machine_alone() -> None:
    with pytest.raises(ConfigurationError, match="TLS"):
        SmtpDoor(MailServer("mail.example", 25, "none", SENDER))
    with pytest.raises(ConfigurationError, match="https"):
        SmsDoor("http://sms.example/send", SECRET, lambda: 0.0)


def test_a_server_that_offers_no_starttls_gets_nothing() -> None:
    box = MailBox()
    with mail_server(box) as port:
        strict = SmtpDoor(MailServer("127.0.0.1", port, "starttls", SENDER), 2.0)
        outcome = strict.send("k", RECIPIENT, MESSAGE)
    assert (type(outcome), box.mails) == (NotReceived, [])


@pytest.mark.parametrize("subject", ["a\nBcc: all@example.com", "a\r\nX-Evil: 1"])
def test_no_line_break_gets_into_a_header(subject: str) -> None:
    box = MailBox()
    with mail_server(box) as port, closing(door(port)) as opened, pytest.raises(ValueError):
        opened.send("k", RECIPIENT, OutgoingText(subject, "text"))
    assert box.mails == []


def test_a_text_message_is_signed_and_taken_once() -> None:
    provider = SmsProvider(answers=[503])
    with sms_server(provider) as address:
        opened = SmsDoor(address, SECRET, lambda: 1_700_000_000.5)
        told = notice_text(NoticeKind.ISSUED, NoticeChannel.SMS, "")
        outcomes = [opened.send("a1b2c3d4e5", "13800000000", told) for _ in range(3)]
        wrong = SmsDoor(address, "another-secret", lambda: 1_700_000_000.5)
        unsigned = wrong.send("f", "13800000000", told)
    assert outcomes == [NotReceived("http-503"), Received("sms-a1b2c3d4"), Received("sms-a1b2c3d4")]
    assert unsigned == NotReceived("http-401")
    (message,) = provider.taken.values()
    assert (message["to"], message["text"]) == ("13800000000", told.text)


def test_a_provider_that_is_away_holds_up_nobody() -> None:
    opened = SmsDoor("http://127.0.0.1:9/send", SECRET, lambda: 0.0, 0.5)
    assert opened.send("k", "13800000000", MESSAGE) == NotReceived("connect-error")
