/* yichuang process: checks process files and plays test cases in Camunda's JSON format over them. Opens the files;
 * what a process may hold is room bpmn's to say. */
#include "main/process_in.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const char main_process_usage[] =
    "usage: yichuang process check FILE.bpmn … [--json]\n"
    "       yichuang process test FILE.json [MODEL …] [--json]\n"
    "  check   all faults of the files at once, with element and reason; several files may call each other\n"
    "  test    play the test cases of FILE.json (Camunda Process Test, JSON test cases 8.9); the processes and\n"
    "          decisions are the MODELs named, else the .bpmn and .dmn files of its folder, else of the folder above\n"
    "Exit: 0 good; 1 refused, or a case failed; 2 wrong use.\n";

enum { FILE_MAX = 8 << 20 };

typedef struct Job {      /* one call of the verb */
    Arena *a;             /* start to end */
    const char *first;    /* the file meant */
    const char **models;  /* n_models others */
    size_t n_models;
    bool json;            /* print JSON */
    ErrList faults;       /* of all models */
    CptModels loaded;     /* process files read, decisions loaded */
    DmnSource *decisions; /* n_decisions decision files read */
    size_t n_decisions;
} Job;

/* ---- models --------------------------------------------------------------------------------------------------- */

static bool read_model(Job *j, const char *path, Err *err) {
    bool decision = str_ends(str_of(path), STR(".dmn"));
    if (j->loaded.n_files + j->n_decisions == CPT_FILES) return err_set(err, ERR_LIMIT, "main", "more than %d model files", CPT_FILES);
    Str name = str_copy(j->a, str_of(path)), bytes;
    TRY(main_read_file(path, FILE_MAX, j->a, &bytes, err));
    if (decision) j->decisions[j->n_decisions++] = (DmnSource){.name = name, .bytes = bytes};
    else j->loaded.files[j->loaded.n_files++] = (BpmnFile){name, bytes};
    return true;
}

static bool read_folder(Job *j, const char *dir, Err *err) {
    struct dirent **names;
    int n = scandir(dir, &names, NULL, alphasort); /* none of these folders must be there */
    bool ok = true;
    for (int i = 0; i < n; i++) {
        Str name = str_of(names[i]->d_name);
        bool model = str_ends(name, STR(".bpmn")) || str_ends(name, STR(".dmn"));
        if (ok && model) ok = read_model(j, str_c(j->a, str_printf(j->a, "%s/" STR_FMT, dir, STR_ARG(name))), err);
        free(names[i]);
    }
    if (n >= 0) free(names);
    return ok;
}

static bool read_models(Job *j, Err *err) {
    j->loaded.files = NEW_ARRAY(j->a, BpmnFile, CPT_FILES);
    j->decisions = NEW_ARRAY(j->a, DmnSource, CPT_FILES);
    for (size_t i = 0; i < j->n_models; i++) TRY(read_model(j, j->models[i], err));
    if (j->n_models > 0) return true;
    const char *slash = strrchr(j->first, '/');
    const char *dir = slash == NULL ? "." : str_c(j->a, (Str){j->first, (size_t)(slash - j->first)});
    TRY(read_folder(j, dir, err));
    TRY(read_folder(j, str_c(j->a, str_printf(j->a, "%s/../common/decisions", dir)), err)); /* what a pack's model imports */
    if (j->loaded.n_files == 0) TRY(read_folder(j, str_c(j->a, str_printf(j->a, "%s/..", dir)), err));
    return j->loaded.n_files > 0 || err_set(err, ERR_NOT_FOUND, "main", "no process file lies beside %s", j->first);
}

/* Each decision file is a model; those it imports are among the others. */
static bool load_decisions(Job *j) {
    j->loaded.decisions = NEW_ARRAY(j->a, DmnModel *, j->n_decisions);
    for (size_t i = 0; i < j->n_decisions; i++) {
        DmnSource sources[CPT_FILES];
        size_t n = 0;
        sources[n++] = j->decisions[i];
        for (size_t k = 0; k < j->n_decisions; k++)
            if (k != i) sources[n++] = j->decisions[k];
        DmnOptions options = {.dialect = FEEL_CAMUNDA};
        if (!dmn_load(sources, n, options, j->a, &j->faults, &j->loaded.decisions[i])) return false;
        j->loaded.n_decisions++;
    }
    return true;
}

/* ---- test cases ------------------------------------------------------------------------------------------------- */

static void add_xml(Buf *b, Str text) {
    for (size_t i = 0; i < text.n; i++) {
        unsigned char c = (unsigned char)text.p[i];
        if (strchr("<>&\"'\n\t", c) != NULL && c != 0) buf_printf(b, "&#%d;", c);
        else buf_byte(b, (char)c);
    }
}

/* A process that begins, gives the variables and ends; JSON is FEEL. */
static BpmnFile stand_in(Arena *a, Value in) {
    Value variables = value_get(in, "variables");
    Buf b = {.a = a};
    buf_c(&b, "<d:definitions xmlns:d=\"http://www.omg.org/spec/BPMN/20100524/MODEL\" xmlns:z=\"http://camunda.org/schema/zeebe/1.0\"><d:process isExecutable=\"true\" id=\"");
    add_xml(&b, value_get_str(in, "processDefinitionId"));
    buf_c(&b, "\"><d:startEvent id=\"start\"><d:extensionElements><z:ioMapping>");
    for (size_t i = 0; variables.kind == VALUE_CONTEXT && i < variables.size; i++) {
        buf_c(&b, "<z:output source=\"=");
        add_xml(&b, json_text(a, variables.u.ctx[i].value));
        buf_c(&b, "\" target=\"");
        add_xml(&b, variables.u.ctx[i].key);
        buf_c(&b, "\"/>");
    }
    buf_c(&b, "</z:ioMapping></d:extensionElements></d:startEvent><d:sequenceFlow id=\"f\" sourceRef=\"start\" targetRef=\"end\"/><d:endEvent id=\"end\"/></d:process></d:definitions>");
    return (BpmnFile){STR("MOCK_CHILD_PROCESS"), buf_str(&b)};
}

/* Stand-ins come first: the first process of an id is the one that is called. */
static bool load_processes(Job *j, Value instructions, BpmnProcess **out) {
    BpmnFile *files = NEW_ARRAY(j->a, BpmnFile, CPT_FILES + instructions.size);
    size_t n = 0;
    for (size_t i = 0; i < instructions.size; i++)
        if (str_is(value_get_str(instructions.u.list[i], "type"), "MOCK_CHILD_PROCESS")) files[n++] = stand_in(j->a, instructions.u.list[i]);
    for (size_t i = 0; i < j->loaded.n_files; i++) files[n++] = j->loaded.files[i];
    return bpmn_load_files(files, n, j->a, &j->faults, out);
}

static bool instruct(Cpt *c, Value instruction, Err *err) {
    Str type = value_get_str(instruction, "type");
    bool known = false;
    TRY(cpt_act(c, type, instruction, &known, err));
    if (!known) TRY(cpt_assert(c, type, instruction, &known, err));
    return known || err_set(err, ERR_INVALID, "main", "the instruction \"" STR_FMT "\" is not known", STR_ARG(str_head(type, 60)));
}

/* *failure: null when the case holds, else {case, instruction, type, text}. false: the models were refused. */
static bool play(Job *j, Value one, Value *failure) {
    Value instructions = value_get(one, "instructions");
    Arena *a = arena_new(0);
    Cpt *c = NEW(a, Cpt);
    BpmnProcess *p = NULL;
    Err err = {0};
    if (instructions.kind != VALUE_LIST) instructions = value_list(NULL, 0);
    bool loaded = load_processes(j, instructions, &p);
    *c = (Cpt){.a = a, .models = &j->loaded, .p = p, .now_us = main_now_us(), .workers = {.a = a}, .stand_ins = {.a = a}, .decided = {.a = a}};
    *failure = value_null();
    for (size_t i = 0; loaded && value_is_null(*failure) && i < instructions.size; i++) {
        if (instruct(c, instructions.u.list[i], &err)) continue;
        ValueBuild b = {.a = j->a};
        build_c(&b, "case", value_get(one, "name"));
        build_c(&b, "instruction", value_int((int64_t)i + 1));
        build_c(&b, "type", value_get(instructions.u.list[i], "type"));
        build_c(&b, "text", value_str(str_copy(j->a, str_of(err.text))));
        *failure = build_ctx(&b);
    }
    arena_free(a);
    return loaded;
}

static void print_failure(const Job *j, Value f) {
    if (j->json) {
        Str text = json_text(j->a, f);
        printf(STR_FMT "\n", STR_ARG(text));
        return;
    }
    Str name = value_get_str(f, "case"), type = value_get_str(f, "type"), text = value_get_str(f, "text");
    printf("FAILED " STR_FMT ": instruction %lld, " STR_FMT ": " STR_FMT "\n", STR_ARG(name), (long long)value_get_int(f, "instruction", 0), STR_ARG(type), STR_ARG(text));
}

static bool read_cases(Job *j, Value *cases, Err *err) {
    Str bytes;
    Value file;
    TRY(main_read_file(j->first, FILE_MAX, j->a, &bytes, err));
    if (!json_parse(bytes, (JsonLimits){.bytes = FILE_MAX}, j->a, &file, err)) {
        err_file(err, str_of(j->first));
        return false;
    }
    *cases = value_get(file, "testCases");
    return (cases->kind == VALUE_LIST && cases->size > 0) || err_set(err, ERR_INVALID, "main", "%s has no testCases", j->first);
}

/* Out: false when the models are refused. */
static bool play_all(Job *j, Value cases, size_t *passed, size_t *failed) {
    Value failure;
    for (size_t i = 0; i < cases.size; i++) {
        TRY(play(j, cases.u.list[i], &failure));
        *passed += value_is_null(failure);
        *failed += !value_is_null(failure);
        if (!value_is_null(failure)) print_failure(j, failure);
    }
    return true;
}

bool main_process_play(const CptModels *models, const char *path, bool json, Arena *a, size_t *passed, size_t *failed, Err *err) {
    Job j = {.a = a, .first = path, .json = json, .faults = {.a = a}, .loaded = *models};
    Value cases;
    TRY(read_cases(&j, &cases, err));
    if (play_all(&j, cases, passed, failed)) return true;
    *err = j.faults.items[0];
    return false;
}

static int refuse(Job *j) {
    main_print_faults(&j->faults, j->a);
    fprintf(stderr, "%zu faults\n", j->faults.n + j->faults.more);
    return EXIT_NO;
}

static int test(Job *j) {
    Value cases;
    Err err = {0};
    size_t passed = 0, failed = 0;
    if (!read_cases(j, &cases, &err) || !read_models(j, &err)) return main_trouble(&err);
    if (!load_decisions(j) || !play_all(j, cases, &passed, &failed)) return refuse(j);
    if (j->json) printf("{\"passed\":%zu,\"failed\":%zu}\n", passed, failed);
    else printf("%zu passed, %zu failed\n", passed, failed);
    return failed > 0 ? EXIT_NO : EXIT_YES;
}

/* ---- check ------------------------------------------------------------------------------------------------------- */

static void warn(const BpmnProcess *p) {
    const BpmnWarning *warnings;
    size_t n = bpmn_warnings(p, &warnings);
    for (size_t i = 0; i < n; i++)
        fprintf(stderr, "warning: " STR_FMT ": " STR_FMT "\n", STR_ARG(warnings[i].element), STR_ARG(warnings[i].text));
    for (size_t i = 0; i < bpmn_nodes(p); i++) {
        const BpmnNode *node = bpmn_node(p, (int)i);
        if (node->job_type.n > 0 && !pack_does_job(node->job_type))
            fprintf(stderr, "warning: " STR_FMT ": a counter does no job of type " STR_FMT ", and refuses it in a pack\n", STR_ARG(node->id), STR_ARG(node->job_type));
    }
}

static int check(Job *j) {
    BpmnProcess *p;
    Err err = {0};
    j->loaded.files = NEW_ARRAY(j->a, BpmnFile, CPT_FILES);
    j->decisions = NEW_ARRAY(j->a, DmnSource, CPT_FILES);
    if (!read_model(j, j->first, &err)) return main_trouble(&err);
    for (size_t i = 0; i < j->n_models; i++)
        if (!read_model(j, j->models[i], &err)) return main_trouble(&err);
    if (j->loaded.n_files == 0) return EXIT_USAGE;
    bool good = bpmn_load_files(j->loaded.files, j->loaded.n_files, j->a, &j->faults, &p);
    if (j->json) main_print_faults_json(&j->faults, j->a);
    if (!good) return j->json ? EXIT_NO : refuse(j);
    warn(p);
    Str id = bpmn_id(p), hash = bpmn_hash(p);
    if (!j->json) printf("ok " STR_FMT " hash " STR_FMT "\n", STR_ARG(id), STR_ARG(hash));
    return EXIT_YES;
}

int main_process(int argc, char **argv) {
    const char *verb = argc > 1 ? argv[1] : "";
    bool checks = strcmp(verb, "check") == 0;
    if (!checks && strcmp(verb, "test") != 0) return EXIT_USAGE;
    Arena *a = arena_new((size_t)1 << 30);
    Job j = {.a = a, .faults = {.a = a}, .models = NEW_ARRAY(a, const char *, (size_t)argc)};
    int code = EXIT_USAGE;
    bool good = true;
    for (int i = 2; i < argc; i++) {
        if (strcmp(argv[i], "--json") == 0) j.json = true;
        else if (argv[i][0] == '-') good = false;
        else if (j.first == NULL) j.first = argv[i];
        else j.models[j.n_models++] = argv[i];
    }
    if (good && j.first != NULL) code = checks ? check(&j) : test(&j);
    arena_free(a);
    return code;
}
