/* Prints the page rows of the route table, one a line: method, path. The tests of all pages read it, so that a page which
 * nobody looks at is a failure and not an oversight. */
#include <stdio.h>

#include "http/http_in.h"

int main(void) {
    for (size_t i = 0; i < http_page_route_count; i++)
        if (http_page_routes[i].kind == HTTP_PAGE) printf("%s %s\n", http_page_routes[i].method, http_page_routes[i].path);
    return 0;
}
