/* fault: what is wrong with one answer, in a sentence. Verb first, no blame, exact figures; each
 * sentence names its field, so that no two are alike when they are read out. Also the letters:
 * a Mustache template filled from values. */
#include "paper/paper_in.h"

#include <string.h>

typedef struct PaperSay { /* one sentence; %1 the label, %2 the limit */
    const char *code;
    const char *zh;
    const char *en;
} PaperSay;

static const PaperSay says[] = {
    {"unknown", "表里没有“%1”这一项", "This form has no field called “%1”"},
    {"date", "%1不是日历上有的日期或时间", "%1 is not a date or time that exists"},
    {"option", "%1只能从列出的选项里选", "Choose %1 from the options listed"},
    {"min", "%1不能小于 %2", "%1 must be %2 or more"},
    {"max", "%1不能大于 %2", "%1 must be %2 or less"},
    {"step", "%1应当是 %2 的倍数", "%1 must be a multiple of %2"},
    {"min_length", "%1至少要写 %2 个字", "%1 needs at least %2 characters"},
    {"max_length", "%1最多写 %2 个字", "%1 can have at most %2 characters"},
    {"locked", "%1不能改，已恢复原来的内容", "%1 cannot be changed; what it held has been put back"},
    {"rows", "%1应当有 %2 行，不能增减", "%1 must have exactly %2 rows"},
    {"pattern", "%1的写法不对，请对照说明", "%1 is not written in the expected form"},
};
static const PaperSay say_digits = {"digits", "%1最多写 %2 位小数", "%1 can have at most %2 decimal places"};
static const PaperSay say_type = {"type", "%1的内容不是这一项要的类型", "%1 is not of the expected type"};
static const PaperSay say_number = {"type", "%1要填数字", "%1 must be a number"};
static const PaperSay say_whole = {"digits", "%1要填整数", "%1 must be a whole number"};
static const PaperSay say_text = {"type", "%1要填文字", "%1 must be text"};
static const PaperSay say_yes_no = {"type", "%1只能答是或否", "%1 must be yes or no"};
static const PaperSay say_rows = {"max", "%1最多 %2 行", "%1 can have at most %2 rows"};
static const PaperSay say_enter = {"required", "请填写%1", "Enter %1"};
static const PaperSay say_choose = {"required", "请选择%1", "Choose %1"};
static const PaperSay say_tick = {"required", "请勾选“%1”", "Tick “%1”"};

static const PaperSay *type_sentence(const PaperPart *part) {
    if (part == NULL) return &say_type;
    switch (part->type) {
    case PAPER_NUMBER:
        return &say_number;
    case PAPER_TEXTFIELD:
    case PAPER_TEXTAREA:
        return &say_text;
    case PAPER_CHECKBOX:
        return &say_yes_no;
    default:
        return &say_type;
    }
}

static const PaperSay *required_sentence(const PaperPart *part) {
    if (part == NULL) return &say_enter;
    switch (part->type) {
    case PAPER_CHECKBOX:
        return &say_tick;
    case PAPER_RADIO:
    case PAPER_SELECT:
    case PAPER_CHECKLIST:
    case PAPER_TAGLIST:
    case PAPER_FILEPICKER:
        return &say_choose;
    default:
        return &say_enter;
    }
}

static const PaperSay *sentence(const PaperPart *part, const char *code) {
    if (strcmp(code, "digits") == 0) return part != NULL && part->digits == 0 ? &say_whole : &say_digits;
    if (strcmp(code, "type") == 0) return type_sentence(part);
    if (strcmp(code, "required") == 0) return required_sentence(part);
    if (part != NULL && part->type == PAPER_DYNAMICLIST && strcmp(code, "max") == 0) return &say_rows;
    for (size_t i = 0; i < COUNT_OF(says); i++)
        if (strcmp(says[i].code, code) == 0) return &says[i];
    return &say_type;
}

static Str without_numbers(Arena *a, Str key) {
    Buf b = {.a = a};
    bool inside = false;
    for (size_t i = 0; i < key.n; i++) {
        if (key.p[i] == ']') inside = false;
        if (!inside) buf_byte(&b, key.p[i]);
        if (key.p[i] == '[') inside = true;
    }
    return buf_str(&b);
}

Str paper_fault_field(const PaperFault *f, Arena *a) {
    assert(f && a);
    return without_numbers(a, f->key);
}

const PaperPart *paper_part_of(const Paper *p, Str key, Arena *a) {
    Str full = str_find(key, STR("[")) < 0 ? key : without_numbers(a, key);
    for (size_t i = 0; i < p->n_fields; i++)
        if (str_eq(p->parts[p->fields[i]].full, full)) return &p->parts[p->fields[i]];
    return NULL;
}

/* Rows have the same fields: which row is meant comes first, so that no two sentences are alike. */
static void say_rows_of(Buf *b, Str key, bool zh) {
    for (ptrdiff_t open; (open = str_find(key, STR("["))) >= 0;) {
        int64_t number = 0;
        key = str_sub(key, (size_t)open + 1, key.n);
        if (str_to_int(str_cut(key, ']', &key), &number)) buf_printf(b, zh ? "第 %lld 行：" : "Row %lld: ", (long long)number + 1);
    }
}

Str paper_fault_say(const Paper *p, const PaperFault *f, Str label, Str lang, Arena *a) {
    assert(p != NULL && f != NULL && a != NULL);
    const PaperPart *part = paper_part_of(p, f->key, a);
    bool zh = !str_is(lang, "en");
    Str own = part == NULL ? (Str){NULL, 0} : value_get_str(value_get(part->json, "validate"), "patternErrorMessage");
    if (zh && own.n > 0 && strcmp(f->code, "pattern") == 0) return own;
    const PaperSay *say = sentence(part, f->code);
    Buf b = {.a = a};
    say_rows_of(&b, f->key, zh);
    for (const char *c = zh ? say->zh : say->en; *c != 0; c++) {
        bool mark = *c == '%';
        if (mark) c++;
        if (!mark)
            buf_byte(&b, *c);
        else
            buf_add(&b, *c == '1' ? label : f->limit);
    }
    return buf_str(&b);
}

Str paper_fault_text(const Paper *p, const PaperFault *f, Str lang, Arena *a) {
    assert(p != NULL && f != NULL);
    const PaperPart *part = paper_part_of(p, f->key, a);
    return paper_fault_say(p, f, part == NULL || part->label.n == 0 ? f->key : part->label, lang, a);
}

/* ---- letters ---------------------------------------------------------------------------------------- */

enum { PAPER_LETTER = 1 << 20 }; /* longest letter */

bool paper_letter(Str file, Str text, Arena *a, const Template **out, Err *err) {
    bool good = str_trim(text).n > 0 ? template_parse(text, a, out, err) : err_set(err, ERR_INPUT, "paper", "the letter is empty");
    if (!good && err != NULL) err_file(err, file);
    return good;
}

bool paper_fill(const Template *letter, Value values, Arena *a, Str *html, Err *err) {
    assert(letter != NULL && html != NULL);
    Buf b = {.a = a, .limit = PAPER_LETTER};
    TRY(template_render(letter, values, NULL, &b, err));
    *html = buf_str(&b);
    return true;
}
