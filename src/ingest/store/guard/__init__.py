"""The guard of a folder store: the one process that owns the folder's server.

    python -I -S .../store/guard FOLDER/redis BINARY always|everysec trust|mend USER-FD

Users are connections. Each process that has the store open keeps one to the guard's control socket, and the kernel
closes it even after kill -9; so the open connections are the users, with nothing to count, renew or time out. When
the last one is gone the guard stops the server and leaves. The process that starts a guard hands it the other end of
a socket pair and is its first user: no guard is ever without one at the start.

A user has the store only once it has read the greeting, one line:

    ready IDENTITY    of the folder: device and inode of its lock
    failed MESSAGE    no server can be had, and why

Empty lines before it mean "loading, wait". A connection closed without a line met a guard on its way out: try again.

FOLDER/redis holds, beside the server's data and the two logs:

    lock        flock of the guard and, inherited, of its server: while it is held somebody writes the append-only file
    starting    flock of the user that is starting a guard; the others wait for it instead of starting their own
    at          IDENTITY and where the sockets are: ".", or a private folder under the temporary one where the path is
                too long for a socket or the file system has none. IDENTITY tells a copied folder that this is not its
                server; a moved one keeps it

Only the standard library, little of it, and nothing of `ingest`: the first command on a fresh folder waits for these
imports, and `ingest` brings redis-py (250 ms). Run as a folder, this package stands on its own.
"""
