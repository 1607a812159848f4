"""What pages say that are no article, in the words of their own templates. Folded: case, apostrophes and blanks.

Each is a phrase of a site to its reader, as it stands on a button, in a title or at the start of a line; not a word
that an article on the same matter must use. In en, de, fr, es, it, nl, ru, pl, tr, ar, zh, ja.
"""

from __future__ import annotations

import re

_MANY = r"(?:\d+ )?"


def _any(*phrases: str) -> re.Pattern[str]:
    return re.compile("|".join(phrases))


ACCEPT = _any(
    r"(?:i )?(?:accept|agree)(?: all| to all| & continue| and continue| cookies)?",
    r"(?:alle|alles) akzeptieren|akzeptieren(?: und weiter)?|zustimmen(?: und weiter)?|(?:ich )?stimme zu"
    r"|einverstanden",
    r"tout accepter|accepter(?: et (?:continuer|fermer)| tout)?|j'accepte",
    r"aceptar(?: todo| todas| y continuar| cookies)?|acepto",
    r"accett[ao](?: tutt[oi]| e continua)?|acconsento",
    r"(?:alles )?accepteren|akkoord|ja, ik ga akkoord",
    r"принять(?: вс[её])?|согласиться|соглашаюсь|согласен",
    r"(?:za)?akceptuj[ęe]?(?: wszystko| i przechodzę)?|zgadzam się|przejdź do serwisu",
    r"(?:tümünü )?kabul et|kabul ediyorum|onayla",
    r"قبول(?: الكل| الجميع)?|أوافق|موافق",
    r"(?:全部)?(?:接受|同意)(?:所有|全部)?(?:cookies?)?|接受并继续|同意并继续|同意並繼續",
    r"(?:すべて)?(?:同意する|受け入れる|許可する)|すべて(?:同意|許可)|同意して続行",
)
"""All that a button says by which consent is given."""

CONSENT = _any(
    rf"we and our {_MANY}(?:\w+ )?partners|before you continue|with(?:draw|hold) your consent"
    rf"|store and/?\s?or access"
    r"|we (?:value|care about|respect) your privacy|manage your (?:privacy|consent|cookie)|we need your consent",
    rf"wir und unsere {_MANY}partner|bevor (?:sie|du) (?:fortf|weiter)|einwilligung (?:jederzeit "
    rf"|können sie )?\w*\s?widerruf"
    r"|mit werbung (?:und tracking )?(?:weiter|nutzen)|ihre zustimmung|wir benötigen ihre (?:einwilligung"
    r"|zustimmung)",
    rf"nous et nos {_MANY}partenaires|avant de continuer|avant d'accéder|continuer sans accepter"
    rf"|retirer votre consentement"
    r"|votre vie privée (?:est|nous)|respect de votre vie privée",
    rf"nosotros y nuestros {_MANY}socios|antes de continuar|retirar (?:su|tu) consentimiento|(?:nos importa"
    rf"|valoramos) (?:su|tu)"
    r" privacidad|rechazar y suscri",
    rf"noi e (?:i nostri )?{_MANY}(?:partner|terze parti)|prima di continuare|continua senza accettare"
    rf"|revocare il (?:tuo |suo )?"
    r"consenso|rispettiamo la tua privacy",
    rf"wij en onze {_MANY}partners|voordat (?:je|u) verder|je toestemming (?:intrekken|nodig)|uw toestemming"
    rf"|je privacy",
    r"мы и наши (?:\d+ )?партн[её]р|прежде чем продолжить|отозвать (?:сво[её] )?согласие"
    r"|мы ценим вашу конфиденциальность",
    rf"my i nasi {_MANY}(?:zaufani )?partnerzy|zanim przejdzie|wycofać zgodę|szanujemy (?:twoją"
    rf"|państwa) prywatność",
    r"biz ve (?:\d+ )?(?:iş )?ortaklarımız|devam etmeden önce|onayınızı geri|gizliliğinize (?:önem|değer)",
    r"نحن وشركاؤنا|قبل المتابعة|سحب موافقتك|نحن نقدر خصوصيتك",
    r"我们(?:和|与|及)(?:我们的)?(?:\s?\d+\s?个?)?合作伙伴|我們(?:和|與|及)(?:我們的)?合作夥伴|在(?:您"
    r"|你)?继续之?前|撤回(?:您的|你的)?同意"
    r"|(?:重视|重視|尊重)(?:您|你)的(?:隐私|隱私)",
    r"(?:当社|弊社|私たち)(?:と|および|及び).{0,6}パートナー|続行する前に|同意を(?:撤回|求め)"
    r"|プライバシーを(?:尊重|大切)",
)

PAYWALL = _any(
    r"(?:please )?subscribe (?:now )?to (?:continue|keep|read|unlock)|to (?:continue|keep) reading|already (?:a"
    r"|an)? ?(?:\w+ )?"
    r"(?:subscriber|subscribed|member)|this (?:article|story|content|post) is (?:for|only|exclusive|reserved"
    r"|available)"
    r"[\w ]{0,30}(?:subscribers|members)|(?:unlock|continue reading) this (?:article|story)|you(?:'ve"
    r"| have) (?:reached|read|used)"
    r"[\w ]{0,20}(?:limit|free articles)|(?:subscribers|members)[ -]only|create an? (?:free )?account to (?:read"
    r"|continue)",
    r"(?:jetzt )?weiterlesen mit|dieser (?:artikel|inhalt|text) ist (?:nur |exklusiv )*für (?:\w+ )?abonnent"
    r"|(?:sind sie |schon |"
    r"bereits )+abonnent|sie haben bereits ein(?:en)? (?:abo|zugang)|um (?:diesen artikel|den ganzen artikel"
    r"|weiter)\w* zu lesen"
    r"|lesen sie (?:diesen artikel )?mit [\w+ ]{1,20}(?:weiter|abo)|exklusiv für abonnent",
    r"(?:cet |l')?article (?:est )?réservé aux abonnés|réservé (?:à nos|aux) abonnés"
    r"|(?:pour lire )?la suite (?:est|de cet)|déjà "
    r"abonnée?|abonnez-vous pour|il vous reste \d+",
    r"(?:contenido|artículo|noticia) (?:exclusiv[oa]|s[oó]lo|reservad[oa]) (?:para|a) (?:los )?suscriptores"
    r"|suscr[ií]bete para|"
    r"para (?:seguir|continuar) leyendo|¿?ya (?:soy|eres|es) suscriptor",
    r"(?:contenuto|articolo) (?:riservato|esclusivo|per)\w* ?(?:agli|per gli)? ?abbonati"
    r"|per continuare a leggere|abbonati per|"
    r"sei già (?:un )?abbonato",
    r"(?:alleen|exclusief|enkel) voor abonnees|(?:wil je|om) verder (?:te )?lezen|verder lezen\?"
    r"|(?:ben je )?al abonnee|word abonnee",
    r"(?:материал|статья|текст) доступ\w+ (?:только )?(?:по подписке|подписчикам|для подписчиков)"
    r"|оформите подписку|чтобы "
    r"(?:продолжить чтение|читать дальше|дочитать)|уже (?:есть подписка|подписаны)|только для подписчиков",
    r"(?:treść|artykuł|tekst|materiał) (?:dostępny )?(?:tylko )?dla (?:prenumeratorów|subskrybentów|abonentów)"
    r"|aby (?:czytać|"
    r"przeczytać) dalej|masz już (?:prenumeratę|subskrypcję|dostęp)|wykup (?:dostęp|subskrypcję|prenumeratę)",
    r"(?:bu )?(?:içerik|haber|yazı) (?:yalnızca |sadece )?abonelere|abonelere özel|okumaya devam etmek için"
    r"|zaten abone",
    r"(?:هذا )?(?:المحتوى|المقال) (?:متاح |حصري )*للمشتركين|للمشتركين فقط|ل(?:متابعة|مواصلة) القراءة|هل أنت مشترك",
    r"(?:本文|此文|该文章|本內容)?(?:仅|只|僅)(?:限|供)(?:付费)?(?:会员|订阅|订户|訂戶|會員|訂閱)|付费(?:内容"
    r"|阅读|文章)|订阅(?:后|以)(?:继续|可)?阅读"
    r"|訂閱(?:後|以)繼續|(?:继续阅读|阅读全文)请|已(?:是|有)(?:订户|会员|訂戶|會員)",
    r"(?:この記事は)?(?:有料)?会員限定|(?:この記事は)?有料会員|(?:この記事の)?続きを(?:読む|ご覧)(?:に|ため)"
    r"|残り\s?[\d,]+\s?文字|すでに会員",
)

MISSING = _any(
    r"(?:error )?404|(?:sorry, |oops[!,.]* )?(?:the |this |that )?page (?:was |could |can |you|is |has |does "
    r"|no |cannot|can't)"
    r"[\w' ]{0,40}(?:found|exist|available|moved|removed)|page not found|(?:article|story|file) not found"
    r"|not found",
    r"(?:fehler 404|(?:diese |die )?seite (?:wurde |konnte |existiert )?(?:leider )?nicht(?: \w+){1,3})"
    r"|(?:artikel )?nicht gefunden",
    r"(?:erreur 404|(?:cette |la )?page (?:est )?(?:introuvable|non trouvée|n'existe(?: \w+){0,3}"
    r"|demandée n\W(?:\w+ ?){1,4}))"
    r"|(?:article )?introuvable",
    r"(?:error 404|(?:la |esta )?página (?:no (?:encontrada|existe|disponible|se(?: \w+){1,3})"
    r"|que busca(?: \w+){1,4}))"
    r"|(?:contenido )?no encontrad[oa]",
    r"(?:errore 404|(?:la )?pagina (?:non (?:trovata|esiste|è(?: \w+){1,3})|che cerchi(?: \w+){1,4}))",
    r"(?:fout 404|(?:deze |de )?pagina (?:is )?(?:niet (?:gevonden|beschikbaar)|bestaat niet))",
    r"(?:ошибка 404|(?:такая |запрашиваемая |эта )?страниц\w+ (?:не (?:найдена|существует)|удалена))"
    r"|(?:материал )?не найден",
    r"(?:błąd 404|(?:ta |podana )?strona (?:nie (?:została|istnieje)|o podanym)|nie znaleziono (?:strony"
    r"|artykułu))",
    r"(?:hata 404|(?:aradığınız )?(?:sayfa|haber) (?:bulunamadı|bulunamamıştır|mevcut değil))",
    r"خطأ 404|(?:عذر[اً]*،? )?(?:الصفحة|المقال) (?:المطلوبة )?غير (?:موجود|متوفر)|لم يتم العثور على",
    r"(?:抱歉，?)?(?:您(?:访问|要找)的)?(?:页面|网页|頁面|網頁|文章)(?:不存在|未找到|已(?:被)?删除|已移除)"
    r"|找不到(?:该|您)?(?:页面|网页|頁面|網頁)",
    r"(?:お探しの|ご指定の)?(?:ページ|記事)(?:は|が)?(?:見つかりません|存在しません|ありません|削除)",
)

LOGIN = _any(
    r"log ?-?in|sign ?-?in|register or log in|(?:anmelden|anmeldung|einloggen|login)|(?:connexion|se connecter"
    r"|identifiez-vous)",
    r"(?:iniciar|inicia|inicie) sesión|acceder|accedi|accesso|inloggen|aanmelden|вход|войти|авторизация"
    r"|logowanie|zaloguj się",
    r"giriş yap|üye girişi|oturum aç|تسجيل الدخول|(?:用户|会员)?登[录入錄]|(?:会員)?ログイン|サインイン",
)

CHALLENGE = _any(
    r"just a moment|attention required|checking (?:if the site|your browser)"
    r"|(?:please )?verify(?:ing)? (?:that )?you(?:'re| are)"
    r"|are you (?:a robot|human)|access (?:to this page has been )?denied|pardon our interruption|(?:security"
    r"|robot|human|bot) "
    r"(?:check|verification)|ddos protection|(?:our systems have detected )?unusual traffic"
    r"|please enable js and disable|one more step"
    r"|making sure you're not a bot|human verification",
    r"(?:nur )?einen moment,? bitte|sicherheits(?:über)?prüfung|sind sie ein (?:mensch|roboter)|zugriff verweigert",
    r"un instant|vérification de (?:sécurité|votre navigateur)|êtes-vous un (?:humain|robot)|accès refusé",
    r"un momento|verific(?:a|ando|ación) (?:que (?:no )?eres|de seguridad)|acceso denegado|no (?:eres"
    r"|soy) un robot",
    r"un (?:attimo|momento)|verifica di (?:sicurezza|essere)|non sono un robot|accesso negato",
    r"(?:een )?(?:ogenblik|moment) geduld|bent u een (?:mens|robot)|toegang geweigerd|beveiligingscontrole",
    r"(?:один|одну) (?:момент|минут)|проверка (?:браузера|безопасности)|(?:вы не|я не) робот|подтвердите, что"
    r"|доступ (?:ограничен|запрещ)",
    r"(?:jeszcze )?chwil(?:eczkę|ę)|weryfikacja|potwierdź, że|nie jestem robotem|odmowa dostępu",
    r"(?:bir )?(?:dakika|saniye) lütfen|lütfen bekleyin|(?:robot olmadığınızı|insan olduğunuzu)"
    r"|güvenlik (?:kontrolü|doğrulaması)|erişim engellendi",
    r"لحظة (?:من فضلك|واحدة)|التحقق (?:من أنك|الأمني)|(?:أنا )?لست روبوت|تم رفض الوصول",
    r"请稍[候等]|請稍候|(?:安全|人机|人機|访问|訪問)(?:验证|驗證|检查|檢查)|(?:请)?(?:验证|确认)(?:您"
    r"|你)是(?:真人|否)|访问被拒绝",
    r"(?:しばらく|少々)お待ちください|(?:私は)?ロボットではありません|(?:あなたが)?人間であること|アクセスが拒否"
    r"|セキュリティ(?:チェック|確認)",
)

NO_SCRIPT = _any(
    r"enable javascript|javascript (?:is |to be )?(?:required|disabled|enabled|not (?:available|enabled))"
    r"|(?:requires|needs|need) javascript",
    r"javascript (?:zu )?aktivier|javascript (?:ist )?deaktiviert|activ(?:er|ez) (?:le )?javascript|(?:habilit"
    r"|activ)\w+ (?:el )?javascript",
    r"(?:abilit|attiv)\w+ (?:il )?javascript|javascript (?:in te schakelen|inschakelen)|schakel javascript"
    r"|включ\w+ javascript",
    r"(?:поддержк\w+) javascript|włącz\w* (?:obsługę )?javascript|javascript'?i (?:etkin|aç)"
    r"|تفعيل (?:ال)?(?:جافا|javascript)",
    r"(?:启用|啟用|开启|開啟|打开) ?javascript|javascript ?を(?:有効|オン)",
)

# Of addresses, in small letters, without what follows a question mark.
LOGIN_PATH = re.compile(
    r"/(?:log-?in|sign-?in|sso|auth|oauth2?|authorize|connexion|anmelden|iniciar-sesion|inloggen|logowanie|giris"
    r"|登录)(?:[/._-]|$)"
)
CONSENT_PLACE = re.compile(
    r"//(?:[\w-]+\.)*(?:consent|guce|myprivacy|privacy-gate|cookiewall|cmp)\.[\w.-]+|/(?:consent"
    r"|privacy-?(?:gate|wall)|cookie-?(?:wall|"
    r"consent)|zustimmung|collectconsent)(?:[/?._-]|$)"
)
MISSING_PATH = re.compile(r"/(?:404|error-?404|not-?found|page-?not-?found|fehler|introuvable)(?:\.\w+)?/?$")
FRONT_PATH = re.compile(r"/(?:(?:index|home|default)(?:\.\w{2,5})?/?|[a-z]{2}(?:-[a-z]{2})?/?)?")

CHALLENGE_CODE = re.compile(
    r"_cf_chl_opt|challenge-platform/h/[a-z]/orchestrate|cf-browser-verification|cf_captcha_kind"
    r"|captcha-delivery\.com|px-captcha|"
    r"sec-if-cpt-container|/_sec/cp_challenge|_incapsula_resource|awswafcookiedomainlist|token\.awswaf\.com"
    r"|sucuri_cloudproxy_js|"
    r"/\.well-known/ddos-guard|kpsdk|\.within\.website/x/|/showcaptcha|perfdrive\.com|g-recaptcha|h-captcha"
    r"|cf-turnstile"
)
"""Parts of the well-known services' interstitials. Some stand on every page of their customers too: on a page with next
to no text only."""
NOT_FREE = re.compile(r'"isaccessibleforfree"\s*:\s*"?false')
ARTICLE_CODE = re.compile(
    r'"@type"\s*:\s*\[?\s*"(?:\w*newsarticle|article|blogposting|liveblogposting|reportagenewsarticle|opinionnewsarticle)"|'
    r'article:published_time|property=["\']og:type["\'] content=["\']article|'
    r'content=["\']article["\'] property=["\']og:type|'
    r"itemtype=[\"']https?://schema\.org/(?:news)?article"
)
SHELL_CODE = re.compile(
    r"<(?:div|main|section)[^>]{0,200}\bid=[\"']?(?:root|app|__next|__nuxt|___gatsby|svelte|main-app|react-root"
    r"|app-root)\b"
    r"[^>]{0,200}>\s{0,50}</|<app-root[^>]{0,100}>\s{0,50}</"
)
PASSWORD = re.compile(r"<input[^>]{0,300}\btype=[\"']?password")
