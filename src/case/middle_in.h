/* What the files of the pure middle share: one command on its way, and what every act may do with it. */
#ifndef YC_CASE_MIDDLE_IN_H
#define YC_CASE_MIDDLE_IN_H

#include "case/case_in.h"

enum { CASE_REASON_MAX = 2000 }; /* characters of a reason */

typedef struct CaseMiddle { /* one command on its way */
    const Pack *pack;      /* the service */
    const Command *c;      /* the command */
    int64_t priors;        /* counted by the pack's history, -1 = not counted */
    CaseChange *out;       /* what shall become true */
    FeelRun *run;          /* fuel and clock */
    Value typed;           /* complete answers with their types, once asked for */
    bool is_typed;         /* they were */
    Value process;         /* state of the process; null before it starts */
    int64_t letters;       /* how many there were before */
    ValueBuild entered, left; /* ids of process elements, in order */
    const AccessWho *second; /* who agreed to what is decided; NULL: nobody had to */
    bool stepped, stopped; /* the process was told something; a token met an incident */
    ValueBuild states;        /* states that those entered mean, in order */
} CaseMiddle;

/* Tells the process something, and runs until all that is wanted needs a person or time. */
bool case_middle_go(CaseMiddle *m, BpmnHappening happening, Err *err) MUST_USE;
/* Is the case still as whoever acts has seen it? Err: ERR_STALE. */
bool case_middle_version(const CaseMiddle *m, const CaseRecord *before, Err *err) MUST_USE;
bool case_middle_reason(Str reason, Err *err) MUST_USE; /* there is one, and people can read it */
void case_middle_who(const CaseMiddle *m, ValueBuild *b); /* adds by_name and office; of an applicant `by` alone */
/* The decisions are made anew after an answer has changed, and the process hears it. */
bool case_middle_propose(CaseMiddle *m, Err *err) MUST_USE;
/* The answers are others now. */
void case_middle_answered(CaseMiddle *m);
bool case_middle_refuse(Err *err, ErrCode code, const char *element, const char *text) MUST_USE; /* false */

/* ---- case_second.c -------------------------------------------------------------------------------------------- */
bool case_second_needed(const Pack *pack, Str outcome); /* does the service want two people for it? */
/* The decision waits. Err: ERR_STATE, one waits already. */
bool case_second_ask(CaseMiddle *m, const char *how, Str outcome, Str reason, Err *err) MUST_USE;
/* Err: ERR_STALE, ERR_STATE, ERR_DENIED (the same person). */
bool case_second_check(const CaseMiddle *m, const CaseRecord *before, Err *err) MUST_USE;
bool case_second_refuse(CaseMiddle *m, Err *err) MUST_USE;
Command case_second_wish(const CaseMiddle *m, const CaseRecord *before); /* what the first person wanted */

/* ---- case_assign.c -------------------------------------------------------------------------------------------- */
bool case_assign(CaseMiddle *m, const CaseRecord *before, Err *err) MUST_USE;
/* Who acts on what another has takes it over first. Err: ERR_STATE with the element `assignee`. */
bool case_assign_free(const CaseMiddle *m, const CaseRecord *before, Err *err) MUST_USE;

/* ---- case_life.c --------------------------------------------------------------------------------------------- */
bool case_life_check(CaseMiddle *m, const CaseRecord *before, Err *err) MUST_USE;
bool case_life_accept(CaseMiddle *m, const CaseRecord *before, Err *err) MUST_USE;
bool case_life_notice(CaseMiddle *m, const CaseRecord *before, Err *err) MUST_USE;
bool case_life_supply(CaseMiddle *m, const CaseRecord *before, Err *err) MUST_USE;
bool case_life_withdraw(CaseMiddle *m, const CaseRecord *before, Err *err) MUST_USE;

/* ---- case_window.c ------------------------------------------------------------------------------------------- */
/* What a window tells of who applies, as members of "created". */
bool case_window_created(CaseMiddle *m, ValueBuild *created, Err *err) MUST_USE;
bool case_window_see(CaseMiddle *m, const CaseRecord *before, Err *err) MUST_USE;
bool case_window_note(CaseMiddle *m, const CaseRecord *before, Err *err) MUST_USE;

/* ---- case_pay.c ---------------------------------------------------------------------------------------------- */
bool case_pay(CaseMiddle *m, const CaseRecord *before, Err *err) MUST_USE;
bool case_refund(CaseMiddle *m, const CaseRecord *before, Err *err) MUST_USE;
/* What the provider said of a payment that it was asked for; nothing when it was paid before. */
void case_pay_report(CaseMiddle *m, const CaseRecord *before, int64_t no, bool dead);
/* True unless the pack wants fees paid before this act ("acceptance" "decision") and some are due. Err: ERR_STATE. */
bool case_fees_hold(CaseMiddle *m, const CaseRecord *before, const char *act, Err *err) MUST_USE;

#endif
