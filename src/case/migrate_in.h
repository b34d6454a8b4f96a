/* What the two files of migration share: an order as it was read, a plan between two versions, and what keeps one case
 * from going over. */
#ifndef YC_CASE_MIGRATE_IN_H
#define YC_CASE_MIGRATE_IN_H

#include "case/case_in.h"

enum { CASE_MISFITS = 32 }; /* most reasons told of one case */

typedef struct CaseMisfits { /* why a case cannot go over */
    BpmnMisfit items[CASE_MISFITS]; /* of its process; also "answers" (form key), "clock", "outcome", "version", "office", "trouble" */
    size_t n;                       /* of them */
} CaseMisfits;
typedef struct CasePlan { /* from one version to another */
    const CaseMigration *order; /* who wants it, and what beyond ids */
    const Pack *from, *to;      /* versions */
    BpmnPlan *process;          /* between their processes */
} CasePlan;

void case_misfit(CaseMisfits *m, Str element, const char *code, Str text);
/* Is this what CaseMigration.changes may be? Err: ERR_INVALID with the member. */
bool case_check_changes(Value changes, Err *err) MUST_USE;
/* In: checked changes. Err: ERR_INVALID with the element: they do not fit these versions. */
bool case_plan(const CaseMigration *order, const Pack *from, const Pack *to, Arena *a, CasePlan *out, Err *err) MUST_USE;
/* Pure. In: makes = not only asked whether it fits. Out: then the change, unless misfits->n > 0; trouble with one case is
 * a misfit of it. */
void case_migrate(const CasePlan *plan, const CaseRecord *before, bool makes, CaseChange *out, CaseMisfits *misfits);

#endif
