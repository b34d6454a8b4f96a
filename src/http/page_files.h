/* The files of web/ that the pages are made of, embedded by the build. */
#ifndef YC_HTTP_PAGE_FILES_H
#define YC_HTTP_PAGE_FILES_H

#include <stddef.h>

typedef struct HttpFile {
    const char *name;   /* a template's name is its path in web/ without ".html" */
    const char *bytes;  /* not NUL-ended */
    const size_t *size; /* length */
} HttpFile;
extern const HttpFile http_templates[];
extern const size_t http_template_count;
extern const HttpFile http_texts_zh, http_texts_en, http_tongues, http_icons;

#endif
