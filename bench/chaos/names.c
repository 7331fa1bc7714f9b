/* Stands in front of getaddrinfo: names under chaos.invalid are 127.0.0.1, fail, or hang, as a file says.

   The file named by CHAOS_NAMES has lines of a name and "fail" or "hang"; a name that is not in it is found. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <netdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

typedef int lookup(const char *, const char *, const struct addrinfo *, struct addrinfo **);

static void state_of(const char *node, char state[16]) {
    char name[256], word[16];
    FILE *file = fopen(getenv("CHAOS_NAMES") ? getenv("CHAOS_NAMES") : "", "re");
    strcpy(state, "found");
    if (!file) return;
    while (fscanf(file, "%255s %15s", name, word) == 2)
        if (!strcmp(name, node)) strcpy(state, word);
    fclose(file);
}

int getaddrinfo(const char *node, const char *service, const struct addrinfo *hints, struct addrinfo **found) {
    static lookup *real;
    char state[16];
    size_t length = node ? strlen(node) : 0;
    if (!real) real = (lookup *)dlsym(RTLD_NEXT, "getaddrinfo");
    if (length < 14 || strcmp(node + length - 14, ".chaos.invalid")) return real(node, service, hints, found);
    for (state_of(node, state); !strcmp(state, "hang"); state_of(node, state)) usleep(20000);
    return strcmp(state, "fail") ? real("127.0.0.1", service, hints, found) : EAI_AGAIN;
}
