/* Loaded before the C library (LD_PRELOAD): a disk that is slow for a while, and hosts whose clocks are wrong.

   CHAOS_DISK   a file; while it is there, it holds the milliseconds that every fdatasync takes longer
   CHAOS_CLOCK  seconds; a Python process is so much early, right or late, by its process id
   Monotonic clocks are left alone, as they are by whoever sets a host's clock. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

static long wrong(void) {
    const char *by = getenv("CHAOS_CLOCK");
    if (!by || strncmp(program_invocation_short_name, "python", 6) != 0) return 0;
    return ((long)getpid() % 3 - 1) * atol(by);
}

int clock_gettime(clockid_t which, struct timespec *at) {
    static int (*real)(clockid_t, struct timespec *);
    if (!real) real = (int (*)(clockid_t, struct timespec *))dlsym(RTLD_NEXT, "clock_gettime");
    int result = real(which, at);
    if (result == 0 && (which == CLOCK_REALTIME || which == CLOCK_REALTIME_COARSE)) at->tv_sec += wrong();
    return result;
}

int gettimeofday(struct timeval *restrict at, void *restrict zone) {
    static int (*real)(struct timeval *, void *);
    if (!real) real = (int (*)(struct timeval *, void *))dlsym(RTLD_NEXT, "gettimeofday");
    int result = real(at, zone);
    if (result == 0) at->tv_sec += wrong();
    return result;
}

time_t time(time_t *at) {
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    if (at) *at = now.tv_sec;
    return now.tv_sec;
}

int fdatasync(int file) {
    static int (*real)(int);
    if (!real) real = (int (*)(int))dlsym(RTLD_NEXT, "fdatasync");
    const char *path = getenv("CHAOS_DISK");
    FILE *slow = path ? fopen(path, "re") : NULL;
    if (slow) {
        long ms = 0;
        if (fscanf(slow, "%ld", &ms) == 1 && ms > 0) usleep((useconds_t)(ms * 1000));
        fclose(slow);
    }
    return real(file);
}
