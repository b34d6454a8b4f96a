/* The counter's couriers: threads that serve starts once the house is open and stops before the store closes. */
#ifndef YC_MAIN_COURIER_H
#define YC_MAIN_COURIER_H

#include "courier/courier.h"

/* In: file: the list of ways out as JSON, or NULL; demo_dir: where a demonstration keeps what it sends, or NULL.
 * Neither: everything sent is a dead letter. Err: as courier_adapters. */
bool main_ways_out(const char *file, const char *demo_dir, Arena *house, CourierAdapters *out, Err *err) MUST_USE;
typedef struct MainCouriers MainCouriers;
bool main_couriers_start(CaseHouse *cases, CourierAdapters ways, Arena *house, MainCouriers **out, Err *err) MUST_USE;
void main_couriers_stop(MainCouriers *c); /* waits for the tries under way */

#endif
