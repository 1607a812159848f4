"""Extraction: bytes from outside become clean text, every line of it kept.

    html, published    a page, by trafilatura and by what it says of itself
    plain              plain text and markdown
    jail, child        where pages and feeds are read: a process that can be stopped
"""
