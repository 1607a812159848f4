"""Extraction: bytes from outside become clean text, every line of it kept.

    html, published    a page, by trafilatura and by what it says of itself
    plain              plain text and markdown
    wire               what agencies deliver: ninjs, newsml_g2, newsml1, nitf, iptc7901
    jail, child        where pages, feeds and deliveries are read: a process that can be stopped
"""
