"""Bad input that is HTML or a feed, and what is merely too much of something."""

from __future__ import annotations

import json
import os
from pathlib import Path

from kinds import Kind, accepted, file, page, paragraphs, refused, text, zipped

OPENER = '<?xml version="1.0"?>'


def pages() -> tuple[Kind, ...]:
    return (
    refused("a page that hangs", "a.html", "<html>stand-in: hang</html>", "extraction-timeout", heavy=True),
    refused("a page that hangs in C", "a.html", "<html>stand-in: hang-in-c</html>", "extraction-timeout"),
    refused("a page that eats memory", "a.html", "<html>stand-in: eat 4000000000</html>", "extraction-memory"),
    refused("a page that ends the child", "a.html", "<html>stand-in: die</html>", "extraction-failed"),
    refused("a page that breaks the reader", "a.html", "<html>stand-in: raise</html>", "extraction-failed"),
    refused("a page that recurses", "a.html", "<html>stand-in: recurse</html>", "too-deep"),
    accepted("1,000 nested elements", "a.html", page("<div>" * 1_000 + paragraphs("deep") + "</div>" * 1_000)),
    refused("100,000 nested elements", "a.html", page("<div>" * 100_000 + paragraphs("deeper")), "too-deep"),
    accepted("2,000 line breaks", "a.html", page(paragraphs("open") + "<b>" * 200 + "<br>" * 2_000)),
    file("200,000 paragraphs", "a.html", page("<p>x y z</p>" * 200_000),
         "refused extraction-timeout|extraction-memory|too-large", heavy=True),
    file("500,000 line breaks", "a.html", page("<br>" * 500_000 + paragraphs("br")),
         "refused extraction-timeout|extraction-memory", heavy=True),
    file("50,000 list items", "a.html", page("<ul>" + "<li>x y</li>" * 50_000 + "</ul>"),
         "refused extraction-timeout|too-large|no-text", heavy=True),
    accepted("100,000 comments", "a.html", page("<!-- x -->" * 100_000 + paragraphs("comments"))),
    file("100,000 attributes", "a.html", page(
        "<p " + " ".join(f"a{n}=1" for n in range(100_000)) + ">" + paragraphs("attributes")),
        "accepted|refused extraction-timeout", heavy=True),
    file("an attribute of 5 MB", "a.html", page("<p title='" + "x" * 5_000_000 + "'>x</p>" + paragraphs("attribute")),
         "accepted|refused no-text|extraction-timeout", heavy=True),
    accepted("a title of 200 kB", "a.html", page(paragraphs("title"), "<title>" + "T " * 100_000 + "</title>")),
    accepted("a page that names another host", "a.html", page(
        paragraphs("canonical"), '<link rel=canonical href="https://u:p@\x1b[31mevil.example/">')),
    refused("a page with scripts only", "a.html", page("<script>while(1);</script>"), "no-text"),
    accepted("billion laughs in a page", "a.html", "<!DOCTYPE html [" + "".join(
        f'<!ENTITY l{n + 1} "{f"&l{n};" * 10}">' for n in range(9)) + "]>" + page(paragraphs("laughs") + "&l9;")),
    accepted("an external entity in a page", "a.html",
             '<!DOCTYPE html [<!ENTITY x SYSTEM "file:///etc/hostname">]>' + page(paragraphs("xxe") + "<p>&x;</p>")),
    accepted("an external DTD", "a.html",
             '<!DOCTYPE html SYSTEM "http://169.254.169.254/x.dtd">' + page(paragraphs("dtd"))),
    refused("a page of one tag, never closed", "a.html", "<html " + "a" * 100_000, "no-text"),
    accepted("controls as references", "a.html", page(
        paragraphs("refs") + "<p>It says &#27;[31m &#155;2J &#8238; &#0; &#xd800; &#x110000; again.</p>")),
)  # fmt: skip


def feed(*items: str, head: str = "<title>Daily</title>") -> str:
    return f'{OPENER}<rss version="2.0"><channel>{head}{"".join(items)}</channel></rss>'



def feeds() -> tuple[Kind, ...]:
    return (
    accepted("a saved feed", "a.xml", feed("<item><guid>g</guid><title>Saved entry alone</title></item>")),
    accepted("a saved feed, gzipped", "a.xml.gz", zipped(feed("<item><title>Zipped entry of it</title></item>"))),
    accepted("half a feed", "a.xml", feed("<item><title>First half of it</title></item><item><title>Second")[:-25]),
    refused("a feed without entries", "a.rss", feed(), "no-text"),
    refused("entries without anything", "a.rss", feed("<item/><item></item><item><guid/></item>"), "no-text"),
    file("100,000 entries", "a.rss", feed(*(f"<item><guid>{n}</guid></item>" for n in range(100_000))),
         "refused no-text", "refused too-large"),
    file("2,100 entries", "a.rss",
         feed(*(f"<item><guid>{n}</guid><title>{text(str(n))[:40].strip()}</title></item>" for n in range(2_100))),
         **{"accepted": 2_000, "refused too-large": 1}, heavy=True),
    accepted("HTML in titles", "a.rss", feed(
        "<item><title>&lt;script&gt;alert(1)&lt;/script&gt;&lt;b&gt;Bold&lt;/b&gt; news of it</title></item>")),
    accepted("a guid that is its title", "a.rss", feed(
        "<item><guid>Same words here</guid><title>Same words here</title></item>")),
    accepted("a feed title of 1 MB", "a.rss", feed(
        "<item><title>Under a long name</title></item>", head=f"<title>{'T ' * 500_000}</title>")),
    accepted("controls in a feed", "a.rss", feed(
        "<item><title>Feed&#27;[31m \x9b2J &#8238;title</title><link>javascript:1</link>"
        "<author>a\r\nb</author></item>")),
    file("100,000 attributes in a feed", "a.rss", feed(
        "<item " + " ".join(f"a{n}='1'" for n in range(100_000)) + "><title>x</title></item>"),
        "refused extraction-timeout", heavy=True),
    file("billion laughs in a feed", "a.rss", "<!DOCTYPE rss [" + "".join(
        f'<!ENTITY l{n + 1} "{f"&l{n};" * 10}">' for n in range(9)) + "]>" + feed(
            "<item><title>It &l9;</title></item>"),
        "accepted|refused no-text|unknown-format"),
    file("an external entity in a feed", "a.rss", '<!DOCTYPE rss [<!ENTITY x SYSTEM "file:///etc/hostname">]>' + feed(
        "<item><title>Outside &x; entity</title></item>"), "accepted"),
    refused("XML that is neither feed nor page", "a.xml", OPENER + "<invoice><a/></invoice>", "unknown-format"),
    refused("NewsML without an item", "a.xml", OPENER + "<NewsML><a/></NewsML>", "empty"),
    refused("NewsML that breaks off", "a.xml", OPENER + "<NewsML><NewsItem>", "bad-xml"),
    refused("JSON Feed without items", "a.json", '{"version": "https://jsonfeed.org/version/1.1"}', "unknown-format"),
    accepted("JSON Feed with strange items", "a.json", json.dumps({
        "version": "https://jsonfeed.org/version/1.1", "title": ["x"], "authors": 7,
        "items": [None, 5, [], {"id": {}}, {"id": 7, "title": "Strange item", "authors": ["x"], "content_html": 3}],
    })),
)  # fmt: skip

def large() -> tuple[Kind, ...]:
    return (
    Kind("a file of 17 MB", lambda folder: (folder / "a.txt").write_bytes(b"A word. " * 2_125_000),
         {"refused too-large": 1}),
    Kind("a sparse file of 100 GB", lambda folder: os.truncate(_touched(folder / "a.txt"), 100_000_000_000),
         {"refused binary": 1}),
    refused("a text of one line, 1 MB", "a.txt", "word " * 200_000, "too-large"),
    accepted("a text of 190,000 lines' worth", "a.txt", "A title of it\n\n" + "x\n\n" * 60_000, heavy=True),
    accepted("a word of 190,000 letters", "a.txt", "A title of it\n\n" + "x" * 190_000),
)  # fmt: skip


def _touched(path: Path) -> Path:
    path.touch()
    return path
