/* The page rows of the one route table and the embedded files at /assets/. A row names its right and, when
 * it reads a record, the purpose that is logged; no row may do more than its handler's room allows. */
#include "http/http_in.h"

const HttpRoute http_page_routes[] = {
    {NULL}, /* C has no empty array */
};
const size_t http_page_route_count = 0;

const HttpAsset http_assets[] = {
    {NULL},
};
const size_t http_asset_count = 0;
