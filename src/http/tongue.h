/* The languages that a reader may ask for, and what of a page is in which. Used by the middle of room http and by the
 * frame around every page; a page itself knows only its texts. */
#ifndef YC_HTTP_TONGUE_H
#define YC_HTTP_TONGUE_H

#include "base/base.h"

typedef struct HttpTongue {
    const char *id;    /* as in ?lang=: ISO 639 */
    const char *tag;   /* as in HTML: BCP 47 */
    const char *chain; /* ids to fall back on, first one first */
} HttpTongue;
const HttpTongue *http_tongue(Str id); /* NULL: not in the registry */
size_t http_tongue_count(void);
const HttpTongue *http_tongue_at(size_t i);
/* "zh" or "en": the first language of the chain that says everything. The page is in it, and says so in its lang. */
Str http_tongue_base(const HttpTongue *t);
/* base with every text that `own` has in its place, marked; members of `own` that base lacks are left out. */
Value http_tongue_texts(Value base, Value own, Arena *a);
/* Marked words become <span lang=…>; within a tag, a title or an option, where no element may stand, the mark goes. */
Str http_tongue_mark(Str html, const HttpTongue *t, Arena *a);

#endif
