/* paper: forms in, letters out. Checks an answer against its form-js form, turns a form and its
 * answers into a view for pages, fills a letter from values. Pure. */
#ifndef YC_PAPER_H
#define YC_PAPER_H

#include "base/base.h"
#include "feel/feel.h"

typedef struct Paper Paper;
/* Reads a form-js form (schemaVersion ≤ 19). Refuses unknown component types and unknown keys, naming
 * the component. Out: NULL when refused. */
bool paper_load(Str file, Str json, Arena *a, ErrList *faults, Paper **out) MUST_USE;
/* The same, but hands out a form in spite of its faults, so that names which point into it can be checked as
 * well; for nothing else. Out: NULL when it is no JSON or holds no list of components. */
bool paper_load_lenient(Str file, Str json, Arena *a, ErrList *faults, Paper **out) MUST_USE;
Str paper_id(const Paper *p);
size_t paper_fields(const Paper *p); /* input components, document order */
Str paper_key(const Paper *p, size_t field);
Str paper_label(const Paper *p, size_t field);
Str paper_type(const Paper *p, size_t field); /* form-js type: "select" */
/* The n-th picture that the form shows: a file of the pack, "images/NAME"; "" behind the last. */
Str paper_picture(const Paper *p, size_t n);

typedef struct PaperFault { /* the answer is no: one field is wrong */
    Str key;                /* field, as sent */
    const char *code;       /* "unknown" "type" "digits" "required" "option" "min" "max" "step" "min_length" "max_length"
                             * "pattern" "date" "locked" "rows" */
    Str limit;              /* the bound that was broken, as text */
} PaperFault;
typedef struct PaperFaults {
    PaperFault *items;
    size_t n;
} PaperFaults;
/* Checks answers (a context): unknown keys, types, required, limits, options; applies defaults; computes what is
 * computed; drops hidden and disabled fields. docs/formats/form.md is the whole of it.
 * In: given = a context of what the service itself says: what locked fields hold, how many rows a fixed list has,
 * the lists that valuesKey names; or null.
 * Out: clean answers in form order, dates as temporal values; faults.n > 0 when the answer is no (clean is then
 * untouched). */
void paper_check(const Paper *p, Value given, Value answers, FeelRun *run, Value *clean, PaperFaults *faults);
/* Answers from text posted by a browser: a context of strings (lists where a name came more than once),
 * names "key", "group.key", "rows[0].key"; "rows" with the number of rows. Checkboxes are on when present, off when
 * absent. Takes the form's own fields only: a page may post its token, version and key beside them. */
Value paper_from_post(const Paper *p, Value posted, Arena *a);
/* Was a button of a list pressed ("+rows" adds a row, "-rows[1]" removes one)? Out: answers with that done. */
bool paper_post_rows(const Paper *p, Value posted, Value answers, Arena *a, Value *changed) MUST_USE;
/* A view for templates: {fields: [part]}; hidden parts and computed fields are left out. Every part has type, is_<type>,
 * label, description; beside these
 * a field: key, required, locked, disabled, value, error; prefix, suffix, purpose (HTML autocomplete), is_email, is_phone; a choice options:
 *   [{value,label,selected}]; a checkbox checked; a number whole; datetime is_date, is_time or is_moment; a filepicker
 *   files: [reference], accept, multiple;
 * a group: fields; a dynamic list: key, rows: [{number,path,fields}], count, may_add, may_remove, error;
 * a text: text (as written), html; html: html (both safe to put into a page as they are); a table: columns: [label],
 *   rows: [[cell]]; an image: source (a file of the pack), alt; a button: action "submit" or "reset"; a spacer: height.
 * texts: a pack's texts (fields.KEY, hints.KEY, options.KEY.VALUE, groups.ID, texts.ID, columns.ID.KEY) with `lang`
 * "zh" or "en" for the errors, or null for the form's own words. */
Value paper_view(const Paper *p, Value given, Value answers, const PaperFaults *faults, Value texts, FeelRun *run);
/* The field of a fault as texts name it: "items[].name" of "items[3].name". */
Str paper_fault_field(const PaperFault *f, Arena *a);
/* One sentence for a fault in "zh" or "en", naming the field's label; paper_fault_say with a label of the
 * caller's (the form's own labels are in one language). */
Str paper_fault_text(const Paper *p, const PaperFault *f, Str lang, Arena *a);
Str paper_fault_say(const Paper *p, const PaperFault *f, Str label, Str lang, Arena *a);

/* A letter: a Mustache template (HTML) filled from values. */
bool paper_letter(Str file, Str text, Arena *a, const Template **out, Err *err) MUST_USE;
bool paper_fill(const Template *letter, Value values, Arena *a, Str *html, Err *err) MUST_USE;

#endif
