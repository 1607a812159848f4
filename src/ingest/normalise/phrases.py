"""What page furniture says, in the languages it was met in. Data only: `boilerplate` judges with it.

All forms are in `text.fold` spelling: lower case, straight quotes, plain dashes. Two kinds:

    WHOLE   the line is this and nothing more (punctuation around it aside); safe for one common word
    START   the line begins with this and is no longer than the row's limit; only what no sentence of news begins with
"""

from __future__ import annotations

import re

import msgspec

from ingest.normalise.text import fold


class Phrases(msgspec.Struct, frozen=True):
    """One row: the mark it gives, and the longest line it may take in characters."""

    mark: str
    limit: int
    forms: tuple[str, ...]


WHOLE: tuple[Phrases, ...] = (
    Phrases("source-link", 60, (
        "source link", "original url", "original link", "original article", "original source", "link to source",
        "view original", "read original", "read the original", "read the original article", "view original article",
        "article source", "source", "zum originalartikel", "lien source", "enlace original", "阅读原文", "查看原文",
        "原文链接", "原文", "本文链接", "источник",
    )),
    Phrases("comment-prompt", 60, (
        "leave a comment", "leave a reply", "leave a comment cancel reply", "leave a reply cancel reply",
        "cancel reply", "post a comment", "add a comment", "add comment", "post comment", "write a comment",
        "view comments", "show comments", "hide comments", "comments", "comment", "no comments", "no comments yet",
        "join the conversation", "join the discussion", "reply", "have your say", "comments are closed",
        "comments closed", "kommentar schreiben", "kommentare", "kommentar hinterlassen", "schreibe einen kommentar",
        "laisser un commentaire", "laisser une réponse", "commentaires", "réagir", "deja un comentario",
        "deja una respuesta", "comentarios", "deixe um comentário", "deixe uma resposta", "comentários",
        "lascia un commento", "lascia una risposta", "commenti", "оставить комментарий", "добавить комментарий",
        "комментарии", "обсудить", "发表评论", "我要评论", "网友评论", "评论", "写评论", "コメント", "コメントを書く",
        "댓글", "yorum yap", "geef een reactie", "reageer",
    )),
    Phrases("share-prompt", 60, (
        "share", "share this", "share this:", "share this article", "share this story", "share this post",
        "share this page", "share via", "share on", "share on facebook", "share on twitter", "share on x",
        "share on whatsapp", "share on linkedin", "share on telegram", "share with friends", "tweet", "tweet this",
        "copy link", "copy url", "email this", "email this article", "email this story", "print", "print this",
        "print this article", "print article", "like this", "like this:", "loading", "facebook", "twitter",
        "whatsapp", "telegram", "linkedin", "pinterest", "reddit", "email", "e-mail", "follow us", "teilen",
        "artikel teilen", "drucken", "auf facebook teilen", "auf twitter teilen", "partager", "partager cet article",
        "imprimer", "compartir", "imprimir", "compartilhar", "compartilhe", "condividi", "stampa", "поделиться",
        "поделиться в facebook", "распечатать", "分享", "分享到", "分享至", "分享到微信", "打印", "シェア",
        "ツイート", "공유", "공유하기", "paylaş", "delen", "bagikan", "udostępnij", "dela", "del",
    )),
    Phrases("subscribe-prompt", 60, (
        "subscribe", "subscribe now", "subscribe today", "sign up", "sign up now", "sign in", "log in", "newsletter",
        "newsletters", "register now", "donate", "donate now", "support us", "abonnieren", "jetzt abonnieren",
        "newsletter abonnieren", "s'abonner", "je m'abonne", "suscríbete", "suscribirse", "assine", "inscreva-se",
        "abbonati", "iscriviti", "подписаться", "订阅",
    )),
    Phrases("related", 60, (
        "related", "related articles", "related article", "related stories", "related story", "related news",
        "related posts", "related topics", "related content", "related coverage", "related links", "read more",
        "read also", "also read", "see also", "more on this", "more on this story", "more from", "read next",
        "up next", "recommended", "recommended for you", "you may also like", "you might also like", "don't miss",
        "most read", "most popular", "trending", "trending now", "more stories", "more news", "top stories",
        "latest news", "mehr zum thema", "lesen sie auch", "mehr dazu", "weiterlesen", "lire aussi", "à lire aussi",
        "lire la suite", "sur le même sujet", "lea también", "leer más", "te puede interesar",
        "noticias relacionadas", "leia também", "leia mais", "veja também", "saiba mais", "leggi anche",
        "leggi tutto", "читайте также", "по теме", "материалы по теме", "читать далее", "相关阅读", "延伸阅读",
        "相关新闻", "相关报道", "推荐阅读", "更多新闻", "相关链接", "اقرأ المزيد", "إقرأ المزيد", "اقرأ أيضا",
        "اقرأ أيضاً", "czytaj też", "czytaj także", "zobacz też", "関連記事", "あわせて読みたい", "관련기사",
        "lees ook", "lees meer", "baca juga", "ilgili haberler", "läs mer", "läs också",
    )),
    Phrases("advertisement", 60, (
        "advertisement", "advertisements", "advertising", "ad", "sponsored", "sponsored content", "promoted",
        "paid content", "story continues below", "story continues below advertisement", "article continues below",
        "story continues", "article continues after ad", "article continues below advertisement",
        "continue reading below", "continue reading", "continue reading the main story", "skip advertisement",
        "close ad", "remove ads", "anzeige", "werbung", "publicité", "publicidad", "publicidade", "pubblicità",
        "реклама", "reklama", "annuncio pubblicitario", "广告", "スポンサーリンク", "広告", "광고", "reklam",
        "advertentie",
    )),
    Phrases("caption", 60, (
        "photo", "photos", "picture", "pictures", "image", "images", "video", "videos", "gallery", "photo gallery",
        "in pictures", "click to enlarge", "enlarge", "view gallery", "foto", "fotos", "bild", "bilder", "фото",
        "видео", "图集", "组图",
    )),
    Phrases("copyright", 60, (
        "all rights reserved", "alle rechte vorbehalten", "tous droits réservés", "todos los derechos reservados",
        "todos os direitos reservados", "tutti i diritti riservati", "все права защищены", "版权所有", "无断转载禁止",
    )),
)  # fmt: skip

START: tuple[Phrases, ...] = (
    Phrases("source-link", 250, (
        "original url:", "source url:", "source link:", "read the full story at", "read the full article at",
        "read full story at", "read the original article", "view the original",
        "this article was originally published", "this story was originally published",
        "this article originally appeared", "this story originally appeared", "this article first appeared",
        "this story first appeared", "this post originally appeared", "this post was originally published",
        "originally published at", "originally published on", "originally published by",
        "dieser artikel erschien zuerst", "cet article est apparu en premier", "本文转载自", "转载自", "原文链接",
        "原文地址", "原标题:", "原标题：", "原题：", "原题:",
    )),
    Phrases("source-link", 60, (
        "source:", "sources:", "source :", "quelle:", "fuente:", "fonte:", "источник:", "来源:", "来源：", "来源丨",
        "来源|", "本文来源", "文章来源", "稿源", "信息来源", "新闻来源", "출처:", "bron:", "kaynak:",
    )),
    Phrases("comment-prompt", 400, (
        "your email address will not be published", "required fields are marked", "you must be logged in to",
        "log in to leave a comment", "log in to comment", "sign in to comment", "save my name, email",
        "notify me of follow-up comments", "notify me of new posts", "this site uses akismet",
        "comments are moderated", "comments on this article are", "be the first to comment",
        "what do you think? leave", "let us know in the comments", "ihre e-mail-adresse wird nicht veröffentlicht",
        "deine e-mail-adresse wird nicht veröffentlicht", "votre adresse e-mail ne sera pas publiée",
        "votre adresse de messagerie ne sera pas", "tu dirección de correo electrónico no será publicada",
        "su dirección de correo electrónico no será publicada", "o seu endereço de e-mail não será publicado",
        "o seu endereço de email não será publicado", "il tuo indirizzo email non sarà pubblicato",
        "ваш адрес email не будет опубликован", "ваш e-mail не будет опубликован", "您的电子邮箱地址不会被公开",
        "您的邮箱地址不会被公开", "网友评论仅供", "メールアドレスが公開されることはありません",
    )),
    Phrases("share-prompt", 200, (
        "share this article", "share this story", "share this post", "share on facebook", "share on twitter",
        "click to share on", "click to email", "click to print", "click here to share", "follow us on", "follow us:",
        "follow bbc", "follow @", "like us on", "like and follow us", "find us on", "connect with us on",
        "tweet this", "folgen sie uns", "suivez-nous", "síguenos en", "siga-nos", "seguici su", "следите за нами",
        "поделиться ", "扫描二维码", "扫一扫", "长按二维码", "长按识别", "分享到：", "分享到:", "volg ons op",
    )),
    Phrases("subscribe-prompt", 300, (
        "subscribe to ", "sign up for ", "sign up to ", "sign up here", "click here to subscribe", "get our ",
        "get the latest ", "get breaking news", "get email alerts", "download our ", "download the app",
        "join our whatsapp", "join our telegram", "join us on telegram", "join us on whatsapp",
        "support independent journalism", "support our journalism", "become a member", "already a subscriber",
        "already have an account", "create a free account", "this is a subscriber", "thank you for reading",
        "thanks for reading", "stay informed with", "stay up to date with", "to continue reading",
        "you have reached your limit", "you've reached your", "abonnieren sie", "abonnez-vous", "inscrivez-vous à",
        "recevez chaque", "suscríbete", "suscríbase", "assine a newsletter", "assine nossa", "iscriviti a",
        "подписывайтесь на", "подпишитесь на", "подпишись на", "关注公众号", "关注微信", "微信公众号", "欢迎关注",
        "请关注", "meld je aan voor", "schrijf je in",
    )),
    Phrases("related", 250, (
        "related:", "related article", "related stor", "related news:", "related posts:", "related topics:",
        "related coverage:", "related reading:", "related video", "read more:", "read more at", "read more about",
        "read more on", "read more >", "read more |", "read more -", "read also:", "read also -", "also read:",
        "also read |", "also read -", "read next:", "read:", "read |", "see also:", "see also -", "see more:",
        "more:", "more on this:", "more from ", "more on this story", "watch:", "watch |", "watch also:", "listen:",
        "in pictures:", "click here for more", "click here to read", "click here for", "you may also like",
        "don't miss:", "next story:", "previous story:", "tags:", "topics:", "filed under:", "filed under ",
        "posted in:", "categories:", "mehr zum thema:", "lesen sie auch", "lesen sie hier", "lesen sie mehr",
        "mehr lesen:", "lire aussi", "à lire aussi", "à lire également", "voir aussi", "lea también", "lee también",
        "leer también", "te puede interesar", "vea también", "leia também", "leia mais:", "veja também",
        "leggi anche", "guarda anche", "читайте также", "читать также", "смотрите также", "подробнее:", "相关阅读",
        "延伸阅读", "相关新闻", "相关报道", "推荐阅读", "点击查看", "点击进入", "更多内容", "関連記事:", "関連記事：",
        "[관련기사]", "lees ook", "baca juga", "läs också", "läs mer:", "zobacz też", "czytaj też", "czytaj także",
    )),
    Phrases("advertisement", 200, (
        "story continues below", "article continues below", "article continues after", "advertisement -",
        "advertisement:", "- advertisement", "this content is sponsored",
        "the bbc is not responsible for the content of external",
    )),
    Phrases("copyright", 120, ("©",)),
    Phrases("copyright", 500, (
        "(c) copyright", "(c) 19", "(c) 20", "copyright ©", "copyright (c)", "copyright 19", "copyright 20",
        "copyright by ", "all rights reserved", "this material may not be published", "alle rechte vorbehalten",
        "tous droits réservés", "todos los derechos reservados", "все права защищены", "版权声明", "版权所有",
        "本文版权", "未经授权", "未经许可", "本网站所刊载", "凡本网注明", "免责声明", "特别声明", "声明：本文",
        "無断転載", "[저작권자", "저작권자", "<저작권자", "무단전재", "allafrica publishes around",
        "distributed by allafrica", "the contents of this site are", "reproduction in whole or",
    )),
    Phrases("credit", 300, (
        "reporting by ", "(reporting by ", "additional reporting by ", "(additional reporting by ", "(editing by ",
        "editing by ", "writing by ", "(writing by ", "compiled by ", "(compiled by ", "(with inputs from",
        "with inputs from", "(with input from", "with input from", "(with reporting by", "with reporting by",
        "with files from", "(with agency inputs", "with agency inputs", "(this story has not been edited",
        "this story has not been edited", "(except for the headline", "except for the headline",
        "responsible editor:", "contact us at", "news tips:", "our standards: the thomson reuters",
        "the associated press contributed", "associated press writer", "associated press writers",
        "reuters contributed to this", "afp contributed to this", "the-cnn-wire", "责任编辑", "责编", "责 编",
        "编辑:", "编辑：", "编辑丨", "编辑 ", "(编辑", "（编辑", "(责任编辑", "（责任编辑", "[责任编辑", "【责任编辑",
        "审核:", "审核：", "校对:", "校对：", "监制:", "监制：", "主编:", "主编：", "制片人", "策划:", "策划：",
        "值班编辑", "(总台央视记者", "（总台央视记者",
    )),
)  # fmt: skip

COUNTED = re.compile(
    r"(?:\d[\d,.]*k?|no) (?:comments?|views?|replies|likes|kommentare?|commentaires?|comentarios?|комментари\w+|条评论)"
)
"""`12 comments`: a counter of the page."""

EDGES = " \t:.!*>»›→-–—|·•…[](){}<=#\"'“”‘’【】"
"""Signs around a phrase that say nothing."""


def _by_first_letter() -> dict[str, tuple[tuple[str, str, int], ...]]:
    """Openings by their first letter, longest first, so that a line meets the few forms that it may begin with."""
    forms = sorted(
        {(fold(form).lstrip(EDGES), row.mark, row.limit) for row in START for form in row.forms},
        key=lambda form: (-len(form[0]), form),
    )
    return {first: tuple(f for f in forms if f[0][0] == first) for first in {f[0][0] for f in forms}}


LIMIT = max(row.limit for row in (*WHOLE, *START))
WHOLE_LIMIT = max(row.limit for row in WHOLE)
LONGEST = max(len(form) for row in START for form in row.forms)
WHOLE_MARKS: dict[str, str] = {fold(form).strip(EDGES): row.mark for row in WHOLE for form in row.forms}
START_MARKS = _by_first_letter()
START_FORMS = {first: tuple(form for form, _, _ in forms) for first, forms in START_MARKS.items()}
"""The forms alone: one `startswith` tells that a line begins with none of them, as nearly all do."""
