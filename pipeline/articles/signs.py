"""The words by which walls are known: one expression a line, matched in folded text (NFKC, straight quotes, no case).

Each is a phrase of the programs that put up such pages, or of their translations, not of any one publisher.
"""

import re


def any_of(lines: str) -> re.Pattern[str]:
    """One expression for all that stand one a line.

    >>> any_of("raqqa").pattern
    '(?:raqqa)'
    """
    return re.compile("|".join(f"(?:{line.strip()})" for line in lines.strip().splitlines()))


# A part of a title that says nothing else.
BOT_TITLE = any_of(r"""
    just a moment
    (?:please wait|one moment|un momento?|un instant|einen moment)(?:,? (?:please|bitte|por favor|s'il vous plaît))?
    one more step
    attention required
    access (?:to this page (?:has been|is) )?denied
    security (?:check|verification|challenge)(?: required)?
    pardon our interruption
    (?:are you (?:a )?)?(?:robot or human|human or robot|robot|human)
    (?:bot|human|captcha|browser) (?:verification|check|challenge|protection)
    (?:please )?(?:verify|confirm|prove) (?:that )?you(?:'re| are) (?:a )?(?:human|not a (?:robot|bot))
    checking your browser.*
    ddos-guard
    (?:request|access) (?:rejected|blocked|forbidden)
    (?:sorry, )?you have been blocked
    sicherheits(?:prüfung|überprüfung|abfrage)
    (?:vérification|contrôle) de sécurité
    (?:recaptcha|captcha)(?: required)?
    (?:error )?(?:403|429|503)(?: (?:forbidden|too many requests|service (?:temporarily )?unavailable))?
    forbidden
    too many requests
""")
BOT_WORDS = any_of(r"""
    verify(?:ing)? (?:that )?(?:you(?:'re| are)|if you are) (?:a |not a )?(?:human|robot|bot)
    (?:are|is|you're|i'm) not a (?:robot|bot)\b
    checking (?:your browser|if the site connection)
    review(?:ing)? the security of your connection
    enable (?:javascript and cookies|cookies and javascript|js and cookies) to (?:continue|proceed)
    unusual (?:traffic|activity) (?:coming )?from your
    (?:solve|complete|enter|answer) (?:this|the|a) (?:captcha|security check|puzzle)
    press (?:&|and) hold
    performance & security by cloudflare
    your (?:request|access|ip(?: address)?) (?:has been|was|is) (?:temporarily )?blocked
    you have been blocked
    automated (?:access|requests|queries) (?:from|to)
    incapsula incident
    ddos protection by
    access to this page has been denied
    you don't have permission to access
    (?:kein|nicht ein) (?:roboter|bot)\b
    (?:êtes|suis) (?:bien )?(?:un )?(?:être )?humain
    (?:êtes|suis) pas un robot
    no (?:eres|soy|es) un robot
    non (?:sei|sono) un robot
    geen robot
    не робот
    ロボットではありません
    不是机器人
    로봇이 아닙니다
""")
MISSING = any_of(r"""
    (?:(?:http )?(?:error|status|fehler|erreur) (?:code )?)?404(?: error)?(?:,? (?:page |file )?not found)?
    (?:(?:page|article|story|content|url|file|document) )?not found
    (?:(?:oops|sorry|uh-oh)\W+)?(?:(?:the|this|that) )?(?:page|article|story) (?:can|could|was) ?(?:no|n'|')t (?:be )?found
    (?:(?:oops|sorry|uh-oh)\W+)?(?:the )?(?:page|article|story) you .{1,40} (?:can|could|was) ?(?:no|n'|')t (?:be )?found
    (?:(?:oops|sorry)\W+)?(?:(?:the|this|that) )?(?:requested )?(?:page|article|story) (?:does not|doesn't|no longer) exists?
    (?:the |this )?(?:page|article|story|content) (?:is |has been )?(?:no longer available|removed|gone|missing)
    (?:diese |die )?seite (?:wurde |konnte )?nicht gefunden(?: werden)?
    (?:cette |la )?page (?:est )?(?:introuvable|non trouvée|inexistante)
    (?:la )?página no (?:encontrada|existe|disponible)
    página não encontrada
    (?:la )?pagina non (?:è stata )?trovata
    pagina niet gevonden
    sidan (?:hittades inte|kunde inte hittas|finns inte)
    siden (?:ble|blev) ikke funne?de?t
    (?:strona|nie znaleziono) (?:nie (?:istnieje|została znaleziona)|strony)
    sayfa bulunamadı
    страница не найдена
    сторінку не знайдено
    الصفحة غير موجودة
    (?:お探しの)?ページが見つかりません(?:でした)?
    页面不存在|找不到页面|您访问的页面不存在
""")
CONSENT = (
    any_of(r"""
        \bcookies?\b
        similar technolog
    """),
    any_of(r"""
        information on (?:a|your) device
        informationen auf (?:einem|ihrem) (?:end)?gerät
        informations? sur (?:un|votre) (?:appareil|terminal)
        información en (?:un|tu|su) dispositivo
        informazioni su un dispositivo
        informatie op een apparaat
    """),
    any_of(r"""
        \bour (?:\d+ )?(?:\w+ )?(?:partners|vendors)
        unsere (?:\d+ )?(?:\w+ )?partner
        nos (?:\d+ )?partenaires
        nuestros (?:\d+ )?socios
        nostri (?:\d+ )?partner
        onze (?:\d+ )?partners
    """),
    any_of(r"""
        \b(?:accept|reject) all
        \bi (?:accept|agree)\b
        agree and (?:close|continue|proceed)
        manage (?:my |your )?(?:preferences|settings|options|choices|cookies)
        (?:alle|alles) (?:akzeptieren|ablehnen)
        zustimmen
        tout (?:accepter|refuser)
        accepter et
        aceptar (?:todo|y)
        rechazar
        accetta (?:tutto|e)
        alles accepteren
    """),
    any_of(r"""
        personali[sz]ed (?:ads|advertis|content)
        (?:ad|advertising|content) (?:measurement|performance)
        audience (?:research|insights)
        personalisierte (?:anzeigen|werbung|inhalte)
        publicités? personnalisée
        publicidad personalizada
        (?:annunci|pubblicità) personalizzat
        gepersonaliseerde advertenties
    """),
    any_of(r"""
        your (?:consent|privacy|choices)
        privacy (?:policy|settings|cent)
        legitimate interest
        (?:ihre|deine) einwilligung
        datenschutz(?:erklärung|einstellungen)
        (?:votre|le) consentement
        politique de confidentialité
        (?:tu|su|el) consentimiento
        política de privacidad
        (?:il tuo|il) consenso
        privacybeleid
    """),
)
SPOKEN_TO = re.compile(r"\b(?:your?|we|wir|ihre?|nous|votre|vos|nosotros|tus?|sus?|noi|tuo|wij|uw)\b")
CONSENT_HOST = re.compile(r"(?:consent|guce|cmp|myprivacy)\.")
CONSENT_PATH = re.compile(r"/(?:consent|cookie-?(?:wall|consent)|privacy-?(?:wall|gate)|zustimmung)(?:[/.?]|$)", re.I)
MISSING_PATH = re.compile(r"/(?:errors?/)?(?:404|not-?found|page-not-found|error-?404)(?:\.\w+|/)?$", re.I)
# What stands where a story goes on for subscribers only.
PAID = any_of(r"""
    \bsubscribe (?:now )?to (?:continue|keep|read)
    to (?:continue|keep) reading(?: this (?:article|story))?,? (?:please )?(?:subscribe|log in|sign in|register|become)
    (?:this|the) (?:article|story) is (?:only )?(?:available )?(?:for|to|reserved for) (?:our )?(?:paying |paid )?subscribers
    already (?:a|have a) subscri(?:ber|ption)\? (?:log|sign) in
    (?:jetzt )?weiterlesen mit
    (?:diesen|den) (?:ganzen )?artikel (?:weiter)?lesen .{0,30}\babo
    (?:article|contenu) réservé aux abonnés
    il vous reste \d+ ?% de cet article
    (?:artículo|contenido) (?:exclusivo|solo) para (?:suscriptores|abonados)
    contenuto riservato agli abbonati
    dit artikel is (?:alleen|exclusief) voor abonnees
""")
