/* Decimals: what 34 digits half-even must give, in both the inline and the decimal128 form. */
#include "base/base.h"
#include "dec_corpus.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

static Arena *arena;

static int set_up(void **state) {
    (void)state;
    arena = arena_new(0);
    return 0;
}

static int tear_down(void **state) {
    (void)state;
    arena_free(arena);
    return 0;
}

static Value num(const char *text) {
    Value v;
    assert_true(dec_parse(arena, str_of(text), &v));
    return v;
}

static const char *text_of(Value v) {
    Buf b = {.a = arena};
    if (v.kind == VALUE_NUMBER)
        dec_write(&b, v);
    else
        buf_c(&b, "null");
    return str_c(arena, buf_str(&b));
}

#define SHOWS(value, text) assert_string_equal(text_of(value), text)

static void numbers_are_read_and_written_plainly(void **state) {
    (void)state;
    static const char *const same[] = {
        "0", "-1", "0.5", "10.00", "-0.001", "9223372036854775808", "1234567890123456789012345678901234"};
    for (size_t i = 0; i < COUNT_OF(same); i++) SHOWS(num(same[i]), same[i]);
    SHOWS(num(".5"), "0.5");
    SHOWS(num("1.2e3"), "1200");
    SHOWS(num("1E-2"), "0.01");
    SHOWS(num("-0"), "0");
    SHOWS(num("12345678901234567890123456789012345"), "12345678901234567890123456789012340");
    SHOWS(num("12345678901234567890123456789012335"), "12345678901234567890123456789012340");
    SHOWS(num("12345678901234567890123456789012345000000001"), "12345678901234567890123456789012350000000000");
    Value exact;
    assert_true(dec_parse_exact(arena, STR("1234567890123456789012345678901234.000"), &exact));
    SHOWS(exact, "1234567890123456789012345678901234");
    assert_false(dec_parse_exact(arena, STR("1234567890123456789012345678901234.5"), &exact));
    assert_false(dec_parse_exact(arena, STR("0.10000000000000000000000000000000000000000001"), &exact));
    static const char *const none[] = {"", "-", ".", "1.", "1e", "+1", "1 ", "0x1", "1e99999", "--1", "1.2.3", "e5"};
    Value v;
    for (size_t i = 0; i < COUNT_OF(none); i++) assert_false(dec_parse(arena, str_of(none[i]), &v));
}

static void arithmetic_is_exact(void **state) {
    (void)state;
    SHOWS(dec_add(arena, num("0.1"), num("0.20")), "0.30");
    SHOWS(dec_sub(arena, num("9223372036854775807"), num("-1")), "9223372036854775808");
    SHOWS(dec_add(arena, num("9223372036854775808"), num("-1")), "9223372036854775807");
    SHOWS(dec_mul(arena, num("9999999999999999"), num("9999999999999999")), "99999999999999980000000000000001");
    SHOWS(dec_div(arena, num("1"), num("3")), "0.3333333333333333333333333333333333");
    SHOWS(dec_div(arena, num("2"), num("3")), "0.6666666666666666666666666666666667");
    SHOWS(dec_div(arena, num("1"), num("8")), "0.125");
    SHOWS(dec_div(arena, num("13"), num("100")), "0.13");
    SHOWS(dec_div(arena, num("130"), num("100")), "1.3");
    SHOWS(dec_div(arena, num("-7"), num("40")), "-0.175");
    SHOWS(dec_div(arena, num("6.00"), num("2")), "3.00");
    SHOWS(dec_neg(arena, num("0")), "0");
    SHOWS(dec_div(arena, num("1"), num("0")), "null");
    SHOWS(dec_mul(arena, num("1e6000"), num("1e6000")), "null");
}

static void modulo_has_the_sign_of_the_divisor(void **state) {
    (void)state;
    SHOWS(dec_mod(arena, num("12"), num("5")), "2");
    SHOWS(dec_mod(arena, num("-12"), num("5")), "3");
    SHOWS(dec_mod(arena, num("12"), num("-5")), "-3");
    SHOWS(dec_mod(arena, num("10.1"), num("-4.5")), "-3.4");
    SHOWS(dec_mod(arena, num("-1e20"), num("3")), "2");
    SHOWS(dec_mod(arena, num("1"), num("0")), "null");
}

static void rounding_follows_the_mode(void **state) {
    (void)state;
    static const struct {
        const char *in, *even, *up, *down, *half_up, *half_down;
    } rows[] = {
        {"2.5", "2", "3", "2", "3", "2"}, {"-2.5", "-2", "-3", "-2", "-3", "-2"}, {"1.21", "1", "2", "1", "1", "1"}};
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        Value v = num(rows[i].in);
        SHOWS(dec_round(arena, v, 0, DEC_HALF_EVEN), rows[i].even);
        SHOWS(dec_round(arena, v, 0, DEC_UP), rows[i].up);
        SHOWS(dec_round(arena, v, 0, DEC_DOWN), rows[i].down);
        SHOWS(dec_round(arena, v, 0, DEC_HALF_UP), rows[i].half_up);
        SHOWS(dec_round(arena, v, 0, DEC_HALF_DOWN), rows[i].half_down);
    }
    SHOWS(dec_floor(arena, num("-1.5"), 0), "-2");
    SHOWS(dec_ceiling(arena, num("-0.3"), 0), "0");
    SHOWS(dec_round(arena, num("1250"), -2, DEC_HALF_EVEN), "1200");
    SHOWS(dec_round(arena, num("1"), -6111, DEC_UP), text_of(num("1e6111")));
}

static void powers_and_roots(void **state) {
    (void)state;
    SHOWS(dec_pow(arena, num("10"), num("5")), "100000");
    SHOWS(dec_pow(arena, num("1.1"), num("2")), "1.21");
    SHOWS(dec_pow(arena, num("2"), num("-2")), "0.25");
    SHOWS(dec_pow(arena, num("-2"), num("3")), "-8");
    SHOWS(dec_pow(arena, num("0"), num("0")), "1");
    SHOWS(dec_pow(arena, num("0"), num("-1")), "null");
    SHOWS(dec_pow(arena, num("-4"), num("0.5")), "null");
    SHOWS(dec_pow(arena, num("2"), num("100")), "1267650600228229401496703205376");
    SHOWS(dec_sqrt(arena, num("16")), "4");
    SHOWS(dec_sqrt(arena, num("-1")), "null");
    SHOWS(dec_exp(arena, num("1")), "2.718281828459045235360287471352662");
    SHOWS(dec_log(arena, num("10")), "2.302585092994045684017991454684364");
    SHOWS(dec_log(arena, num("0")), "null");
    /* Right to the last digit (checked against Python's decimal, which rounds correctly). */
    SHOWS(dec_exp(arena, num("10")), "22026.46579480671651695790064528424");
    SHOWS(dec_log(arena, num("3971.34583057615")), "8.286860316378795632838545725679971");
    SHOWS(dec_pow(arena, num("13.837"), num("1.71")), "89.36793419270397885022357534537934");
    SHOWS(dec_pow(arena, num("4"), num("0.5")), "2");
    SHOWS(dec_pow(arena, num("1.05"), num("200")), "17292.58081515998599484762328110677");
    SHOWS(dec_exp(arena, num("15000")), "null");
    SHOWS(dec_pow(arena, num("1e6000"), num("999999999")), "null");
    SHOWS(dec_pow(arena, num("0.5"), num("999999999")), text_of(dec_exp(arena, num("-99999"))));
}

static Value two(const char *op, Value x, Value y) {
    if (strcmp(op, "add") == 0) return dec_add(arena, x, y);
    if (strcmp(op, "sub") == 0) return dec_sub(arena, x, y);
    if (strcmp(op, "mul") == 0) return dec_mul(arena, x, y);
    if (strcmp(op, "div") == 0) return dec_div(arena, x, y);
    if (strcmp(op, "mod") == 0) return dec_mod(arena, x, y);
    if (strcmp(op, "pow") == 0) return dec_pow(arena, x, y);
    if (strcmp(op, "exp") == 0) return dec_exp(arena, x);
    if (strcmp(op, "log") == 0) return dec_log(arena, x);
    if (strcmp(op, "sqrt") == 0) return dec_sqrt(arena, x);
    if (strcmp(op, "floor") == 0) return dec_floor(arena, x, (int)y.u.i);
    if (strcmp(op, "ceiling") == 0) return dec_ceiling(arena, x, (int)y.u.i);
    static const char *const modes[] = {
        [DEC_HALF_EVEN] = "half_even", [DEC_UP] = "up", [DEC_DOWN] = "down", [DEC_HALF_UP] = "half_up", [DEC_HALF_DOWN] = "half_down"};
    for (size_t i = 0; i < COUNT_OF(modes); i++) {
        if (modes[i] != NULL && strcmp(op, modes[i]) == 0) return dec_round(arena, x, (int)y.u.i, (DecRound)i);
    }
    fail_msg("no operation %s", op);
    return value_null();
}

static void the_corpus_holds_to_the_last_digit(void **state) {
    (void)state;
    for (size_t i = 0; i < COUNT_OF(dec_corpus); i++) {
        const char *const *row = dec_corpus[i];
        Value got = two(row[0], num(row[1]), num(row[2]));
        if (got.kind != VALUE_NUMBER || dec_cmp(got, num(row[3])) != 0)
            fail_msg("%s %s %s is %s, not %s", row[0], row[1], row[2], text_of(got), row[3]);
    }
}

static void order_and_hash_ignore_the_scale(void **state) {
    (void)state;
    assert_int_equal(dec_cmp(num("1.0"), num("1.000")), 0);
    assert_int_equal(dec_cmp(num("-1e30"), num("1")), -1);
    assert_int_equal(dec_cmp(num("1e-40"), num("1e-41")), 1);
    assert_int_equal(dec_cmp(num("10000000000000000000000000"), num("9999999999999999999999999.9")), 1);
    assert_int_equal(dec_hash(num("100")), dec_hash(num("1e2")));
    assert_int_equal(dec_hash(num("100000000000000000000.0")), dec_hash(num("1e20")));
    int64_t i;
    assert_true(dec_to_int(num("12.00"), &i) && i == 12);
    assert_false(dec_to_int(num("12.01"), &i) || dec_to_int(num("1e19"), &i));
    assert_true(dec_is_int(num("1e30")) && !dec_is_int(num("1e-30")));
    assert_true(dec_to_double(num("0.1")) == 0.1);
}

/* The same number as decimal128 even where it would fit inline; zero is always inline. */
static Value spilled(Value v) {
    if (v.u.i == 0) return v;
    ValueDec *bits = NEW(arena, ValueDec);
    uint64_t size = v.u.i < 0 ? -(uint64_t)v.u.i : (uint64_t)v.u.i;
    *bits = (ValueDec){{size, (uint64_t)(6176 - v.scale) << 49 | (uint64_t)(v.u.i < 0) << 63}};
    return (Value){.kind = VALUE_NUMBER, .flags = VALUE_SPILLED, .u.dec = bits};
}

static uint64_t next_random(uint64_t *seed) {
    *seed = *seed * 6364136223846793005ULL + 1442695040888963407ULL;
    return *seed >> 33 ^ *seed << 13;
}

/* Few digits, many digits, round ones, the edges of 64 bits. */
static Value any_number(uint64_t *seed) {
    static const int64_t edges[] = {0, 1, -1, 5, 10, 100, 1000000, INT64_MAX, -INT64_MAX, INT64_MAX / 10, 25, 64, 3};
    uint64_t r = next_random(seed);
    int64_t i = r % 4 == 0 ? edges[r / 4 % COUNT_OF(edges)] : (int64_t)(next_random(seed) >> (1 + r / 4 % 62));
    int scale = (int)(next_random(seed) % (r % 16 ? 8 : 60)) - (r % 32 ? 3 : 30);
    return (Value){.kind = VALUE_NUMBER, .scale = (int16_t)scale, .u.i = r & 1024 ? -i : i};
}

static void inline_and_decimal128_agree(void **state) {
    (void)state;
    static Value (*const operations[])(Arena *, Value, Value) = {dec_add, dec_sub, dec_mul, dec_div, dec_mod};
    uint64_t seed = 1;
    for (int i = 0; i < 300000; i++) {
        if (i % 1000 == 0) arena_reset(arena);
        Value x = any_number(&seed), y = any_number(&seed);
        size_t op = next_random(&seed) % COUNT_OF(operations);
        const char *quick = text_of(operations[op](arena, x, y));
        const char *slow = text_of(operations[op](arena, spilled(x), spilled(y)));
        if (strcmp(quick, slow) != 0) print_message("%s op %zu %s\n", text_of(x), op, text_of(y));
        assert_string_equal(quick, slow);
        assert_int_equal(dec_cmp(x, y), dec_cmp(spilled(x), spilled(y)));
        assert_int_equal(dec_hash(x), dec_hash(spilled(x)));
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(numbers_are_read_and_written_plainly),
        cmocka_unit_test(arithmetic_is_exact),
        cmocka_unit_test(modulo_has_the_sign_of_the_divisor),
        cmocka_unit_test(rounding_follows_the_mode),
        cmocka_unit_test(powers_and_roots),
        cmocka_unit_test(the_corpus_holds_to_the_last_digit),
        cmocka_unit_test(order_and_hash_ignore_the_scale),
        cmocka_unit_test(inline_and_decimal128_agree),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
