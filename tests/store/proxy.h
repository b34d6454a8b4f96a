/* A door between the store and the PostgreSQL server that tests can slam: it hands bytes on until told to cut the
 * next commit off, before or after the server has it, or to let nobody through. For tests; one per process. */
#ifndef YC_TESTS_STORE_PROXY_H
#define YC_TESTS_STORE_PROXY_H

typedef enum ProxyMode {
    PROXY_OPEN,       /* everything passes */
    PROXY_CUT_BEFORE, /* the next commit does not reach the server; then open again */
    PROXY_CUT_AFTER,  /* the next commit's answer does not come back; then open again */
    PROXY_SHUT        /* every connection is cut and none is made */
} ProxyMode;
/* Makes YC_POSTGRES lead through the door. In: a folder for its socket. */
void proxy_start(const char *dir);
void proxy_mode(ProxyMode mode);
int proxy_cuts(void); /* commits cut off so far */

#endif
