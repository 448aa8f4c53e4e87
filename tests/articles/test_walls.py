"""Pages that are walls, written for these tests after what such programs show, and stories that only speak of them."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from pipeline.articles.exchange import Page
from pipeline.articles.reading import read_article
from pipeline.articles.walls import Shown, find_wall

STORY = "\n".join(
    f"On day {day} the monitoring group said that {day + 11} civilians had been killed in air raids near the city."
    for day in range(1, 9)
)
PARAGRAPHS = "".join(f"<p>{line}</p>" for line in STORY.split("\n"))
NAVIGATION = "<nav>" + " ".join(f"<a href=/{n}>Section number {n}</a>" for n in range(100)) + "</nav>"
PUBLISHED = '<meta property="article:published_time" content="2017-06-11T09:30:00Z">'
ASKED = "https://wire.example/2017/raqqa-toll-24"
PAGE = Page(
    body=b"",
    content_type="text/html",
    url=ASKED,
    requested_url=ASKED,
    captured_at=datetime(2017, 6, 12, tzinfo=UTC),
)

BOT_WALLS = {
    "challenge": (
        "Just a moment...",
        "<h1>wire.example</h1><p>Verifying you are human. This may take a few seconds.</p><p>wire.example needs to review"
        " the security of your connection before proceeding.</p><p>Ray ID: 0a1b</p>",
    ),
    "blocked": (
        "Attention Required! | Shieldnet",
        "<h1>Sorry, you have been blocked</h1><p>You are unable to access wire.example. This website is using a security"
        " service to protect itself from online attacks. The action you just performed triggered it. There are several"
        " actions that could trigger this block, including submitting a certain word or phrase.</p>",
    ),
    "hold": (
        "Access to this page has been denied",
        "<p>Press & Hold to confirm you are a human (and not a bot).</p><p>Reference ID 0a1b</p>",
    ),
    "interruption": (
        "Pardon Our Interruption",
        "<p>As you were browsing something about your browser made us think you were a bot. There are a few reasons this"
        " might happen: you are moving through this website with super-human speed, or you have disabled cookies.</p>",
    ),
    "script": ("wire.example", "<p>Please enable JS and cookies to continue, or use another browser. " + "x " * 30 + "</p>"),
    "denied": ("Access Denied", "<h1>Access Denied</h1><p>You don't have permission to access this page on this server.</p>"),
    "captcha": ("The Wire", "<p>Please solve this captcha so that we know that the reader is a person. " + "x " * 30 + "</p>"),
    "traffic": ("Sorry", "<p>Our systems have detected unusual traffic from your computer network. " + "x " * 30 + "</p>"),
    "german": ("Sicherheitsprüfung | Der Draht", "<p>Bitte bestätigen Sie, dass Sie kein Roboter sind.</p>"),
    "french": ("Un instant", "<p>Confirmez que vous n'êtes pas un robot pour lire la suite.</p>"),
    "russian": ("Проверка", "<p>Подтвердите, что вы не робот.</p>"),
    "busy": ("429 Too Many Requests", "<h1>429 Too Many Requests</h1><p>nginx</p>"),
}  # fmt: skip
CONSENT_WALLS = {
    "english": "<h1>We value your privacy</h1><p>We and our 812 partners store and/or access information on a device, such as"
    " cookies, and process personal data.</p><p>With your permission we may use personalised ads and content, ad and content"
    " measurement, and audience research.</p><p>You can change your choices or withdraw your consent at any time in our"
    " privacy policy.</p><p>Accept all Reject all More options</p>",
    "german": "<h1>Weiterlesen mit Werbung</h1><p>Wir und unsere 190 Partner speichern Informationen auf einem Gerät, zum"
    " Beispiel Cookies, und rufen sie ab.</p><p>Mit Ihrer Erlaubnis zeigen wir personalisierte Anzeigen und messen, wie sie"
    " wirken.</p><p>Ihre Einwilligung können Sie jederzeit in der Datenschutzerklärung widerrufen.</p><p>Alle akzeptieren</p>",
    "french": "<h1>Votre vie privée</h1><p>Nous et nos 700 partenaires stockons des informations sur un appareil, comme des"
    " cookies.</p><p>Avec votre accord, nous montrons des publicités personnalisées et mesurons leur effet.</p><p>Vous pouvez"
    " retirer votre consentement à tout moment dans notre politique de confidentialité.</p><p>Tout accepter Tout refuser</p>",
    "spanish": "<h1>Tu privacidad</h1><p>Nosotros y nuestros 300 socios guardamos información en un dispositivo, como las"
    " cookies.</p><p>Con tu permiso mostramos publicidad personalizada y medimos su efecto.</p><p>Puedes retirar tu"
    " consentimiento en la política de privacidad cuando quieras.</p><p>Aceptar todo o rechazar</p>",
}  # fmt: skip
MISSING = {
    "bare": ("404 Not Found", "<h1>404</h1><p>The server has nothing under this address.</p>"),
    "named": ("Page not found | The Wire", "<p>It may have moved. Try our search, or start again from the front page.</p>"),
    "oops": ("The Wire", "<h1>Oops! That page can’t be found.</h1><p>" + "Nothing was found at this location. " * 8 + "</p>"),
    "gone": ("The Wire", "<h1>This article is no longer available</h1><p>" + "Here are other stories of today. " * 8 + "</p>"),
    "german": ("Seite nicht gefunden - Der Draht", "<p>" + "Diese Adresse gibt es bei uns nicht oder nicht mehr. " * 5 + "</p>"),
    "french": ("Page introuvable", "<p>" + "Cette adresse ne mène à rien, essayez la recherche du site. " * 5 + "</p>"),
    "arabic": ("الصفحة غير موجودة", "<p>ابحث في الموقع</p>"),
    "japanese": ("お探しのページが見つかりません", "<p>トップページへ</p>"),
    "russian": ("Страница не найдена — Провод", "<p>Вернитесь на главную.</p>"),
}  # fmt: skip


def read(title: str, body: str, head: str = "", page: Page = PAGE) -> str | None:
    """The reason for which a page is no article."""
    html = f"<html><head><title>{title}</title>{head}</head><body>{body}</body></html>"
    return read_article(replace(page, body=html.encode())).reason


@pytest.mark.parametrize("name", BOT_WALLS)
def test_a_page_that_doubts_its_reader_is_a_bot_wall(name: str) -> None:
    assert read(*BOT_WALLS[name]) == "bot_wall"


@pytest.mark.parametrize("name", CONSENT_WALLS)
def test_a_page_that_only_asks_for_consent_is_a_consent_wall(name: str) -> None:
    assert read("The Wire", NAVIGATION + f"<main>{CONSENT_WALLS[name]}</main>") == "consent_wall"


@pytest.mark.parametrize("name", MISSING)
def test_an_error_page_that_says_200_is_a_soft_404(name: str) -> None:
    assert read(*MISSING[name]) == "soft_404"


def test_a_page_that_calls_itself_404_is_a_soft_404() -> None:
    head = '<link rel="canonical" href="https://wire.example/404.html">'

    assert read("The Wire", "<p>" + "Here are other stories of today. " * 8 + "</p>", head) == "soft_404"


@pytest.mark.parametrize(
    ("asked", "came", "reason"),
    [
        (ASKED, "https://www.wire.example/", "soft_404"),
        (ASKED, "https://consent.wire.example/v2/collect?session=1", "consent_wall"),
        (ASKED, "https://guce.portal.example/consent", "consent_wall"),
        (ASKED, "https://wire.example/cookiewall?back=raqqa", "consent_wall"),
        (ASKED, "https://wire.example/2017/raqqa-toll-24-dead", None),
        (ASKED, "https://wire.example/?p=24", None),
        (ASKED, "https://other.example/", None),
        ("https://wire.example/?p=24", "https://wire.example/", None),
        ("https://wire.example/world", "https://wire.example/", None),
        ("", "https://wire.example/", None),
    ],
)
def test_an_address_that_leads_elsewhere_is_judged_by_where_it_leads(asked: str, came: str, reason: str | None) -> None:
    page = replace(PAGE, url=came, requested_url=asked)

    assert read("Toll rises", f"<article>{PARAGRAPHS}</article>", page=page) == reason


@pytest.mark.parametrize(
    ("title", "first"),
    [
        ("Error 404: how a page became a meme", "The page that is not found has a history of its own."),
        ("Bodies not found after raid", "Rescuers said that the bodies had not been found."),
        ("Are you a robot? Why captchas get harder", "Websites ask you to verify you are human and to solve this captcha."),
        ("Access denied: aid convoys turned back", "Guards told drivers: you have been blocked."),
        ("Just a moment that changed Raqqa", "It took a moment."),
        ("How cookies follow you", "We accept cookies, and our partners store information on a device, says the regulator."),
        ("We value your privacy, says minister", "The privacy policy asks for your consent to personalised ads."),
        ("Forbidden love in Raqqa", "It was forbidden."),
    ],
)  # fmt: skip
@pytest.mark.parametrize("head", ["", PUBLISHED])
def test_a_story_that_speaks_of_walls_is_a_story(title: str, first: str, head: str) -> None:
    body = f"{NAVIGATION}<article><h1>{title}</h1><p>{first}</p>{PARAGRAPHS}</article>"

    assert read(title, body, head) is None


def test_a_short_flash_that_calls_itself_an_article_is_a_story() -> None:
    assert read("Access denied", f"<p>{STORY[:300]} You have been blocked, the guard said.</p>", PUBLISHED) is None


def test_a_question_for_consent_above_a_story_is_a_story() -> None:
    body = f"<div>{CONSENT_WALLS['english']}</div><article>{PARAGRAPHS * 3}</article>"

    assert read("Toll rises", body) is None


def test_a_page_without_anything_is_no_wall() -> None:
    assert find_wall(Shown(text="")) is None


def linked(fields: str) -> str:
    return f'<script type="application/ld+json">{{"@type": "NewsArticle", {fields}}}</script>'


@pytest.mark.parametrize(
    ("head", "end", "access"),
    [
        (linked('"isAccessibleForFree": false'), "", "paid"),
        (linked('"isAccessibleForFree": "True"'), "", "free"),
        (linked('"hasPart": {"isAccessibleForFree": "False"}'), "", "paid"),
        ('<meta property="article:content_tier" content="metered">', "", "metered"),
        ('<meta property="article:content_tier" content="locked">', "", "paid"),
        ("", "<p>To continue reading this article, subscribe or log in.</p>", "paid"),
        ("", "<p>Il vous reste 80 % de cet article à lire.</p>", "paid"),
        ("", "<p>Subscribe to our newsletter.</p>", None),
    ],
)  # fmt: skip
def test_hints_of_a_paywall_are_kept_with_the_article(head: str, end: str, access: str | None) -> None:
    html = f"<html><head>{head}</head><body><article>{PARAGRAPHS}{end}</article></body></html>"

    article = read_article(replace(PAGE, body=html.encode())).article

    assert article is not None
    assert next((one.value for one in article.candidates if one.name == "access"), None) == access


def test_a_page_that_shows_nothing_but_its_paywall_has_that_reason() -> None:
    head = linked('"isAccessibleForFree": false')

    assert read("Toll rises", "<p>This is for subscribers.</p>", head) == "paywall"
