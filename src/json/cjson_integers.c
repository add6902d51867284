#include "json/cjson_integers.h"

#include "event/parsetext.h"
#include "json/cjson_nuls.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* cJSON writes 15 digits, which a double has room for. */
#define MOST_EXACT INT64_C(999999999999999)

bool cjson_integer(const cJSON *item, int64_t *integer)
{
    *integer = 0;
    if (!cJSON_IsNumber(item)) {
        return false;
    }
    if (item->valuestring != NULL) {
        errno = 0;
        *integer = strtoll(item->valuestring, NULL, 10);
        return errno == 0;
    }
    if (item->valuedouble != floor(item->valuedouble) || item->valuedouble < -0x1p63 ||
        item->valuedouble >= 0x1p63) {
        return false;
    }
    *integer = (int64_t)item->valuedouble;
    return true;
}

bool cjson_is_less(const cJSON *a, const cJSON *b)
{
    int64_t left, right;

    return cjson_integer(a, &left) && cjson_integer(b, &right) ? left < right
                                                               : a->valuedouble < b->valuedouble;
}

void cjson_number_text(const cJSON *number, char text[CJSON_NUMBER_TEXT])
{
    int64_t integer;

    if (cjson_integer(number, &integer)) {
        snprintf(text, CJSON_NUMBER_TEXT, "%lld", (long long)integer);
    } else if (number->valuestring != NULL) {
        snprintf(text, CJSON_NUMBER_TEXT, "%s", number->valuestring);
    } else {
        snprintf(text, CJSON_NUMBER_TEXT, "%.15g", number->valuedouble);
    }
}

/* False: out of memory. */
static bool keep_text(cJSON *item, const char *text)
{
    size_t size = strlen(text) + 1;

    item->valuestring = cJSON_malloc(size);
    if (item->valuestring != NULL) {
        memcpy(item->valuestring, text, size);
    }
    return item->valuestring != NULL;
}

/* False: out of memory. */
static bool keep(cJSON *item, int64_t integer)
{
    char text[24];

    snprintf(text, sizeof(text), "%lld", (long long)integer);
    return (integer >= -MOST_EXACT && integer <= MOST_EXACT) || keep_text(item, text);
}

/* The same of one above 2^63-1. */
static bool keep_large(cJSON *item, uint64_t integer)
{
    char text[24];

    snprintf(text, sizeof(text), "%llu", (unsigned long long)integer);
    return keep_text(item, text);
}

cJSON *cjson_create_integer(int64_t integer)
{
    cJSON *item = cJSON_CreateNumber((double)integer);

    if (item != NULL && !keep(item, integer)) {
        cJSON_Delete(item);
        return NULL;
    }
    return item;
}

/* Where the next number is: not in a string. */
static const char *find_number(const char *at)
{
    bool quoted = false;

    for (; *at != '\0' && (quoted || strchr("-0123456789", *at) == NULL); at++) {
        if (*at == '"') {
            quoted = !quoted;
        } else if (*at == '\\' && at[1] != '\0') {
            at++;
        }
    }
    return at;
}

/* A number, of whose text `at` is before the begin, and then at the end. */
static bool keep_number(cJSON *item, const char **at)
{
    const char *begin = find_number(*at);
    size_t digits = strspn(begin + (*begin == '-'), "0123456789") + (*begin == '-');
    unsigned long long large;
    long long integer;

    *at = begin + strspn(begin, "+-0123456789.eE");
    if (begin + digits != *at) {
        return true;
    }
    errno = 0;
    integer = strtoll(begin, NULL, 10);
    if (errno == 0) {
        return keep(item, integer);
    }
    errno = 0;
    large = strtoull(begin, NULL, 10);
    if (errno == 0 && *begin != '-') {
        return keep_large(item, large);
    }
    if (item->valuedouble == -0x1p63) { /* rounded to the one integer of 64 bits that is a bound of theirs */
        item->valuedouble = nextafter(-0x1p63, -INFINITY);
    }
    return true;
}

/* Numbers stand in the tree in the order of the text. */
static bool keep_numbers(cJSON *item, const char **at)
{
    cJSON *child;

    if (cJSON_IsNumber(item)) {
        return keep_number(item, at);
    }
    cJSON_ArrayForEach(child, item)
    {
        if (!keep_numbers(child, at)) {
            return false;
        }
    }
    return true;
}

bool cjson_keep_integers(cJSON *tree, const char *text)
{
    return keep_numbers(tree, &text);
}

/* True where cJSON would write another number: it takes floats that are nearly equal for equal. */
static bool is_long_float(const cJSON *item)
{
    char text[FLOAT_TEXT];

    if (!isfinite(item->valuedouble)) {
        return false; /* null */
    }
    snprintf(text, sizeof(text), "%.15g", item->valuedouble);
    return strtod(text, NULL) != item->valuedouble;
}

/* From now on cJSON writes those whose text is kept as that. False: out of memory. */
static bool make_raw(cJSON *item)
{
    char text[FLOAT_TEXT];
    cJSON *child;

    if (cJSON_IsNumber(item) && item->valuestring == NULL && is_long_float(item)) {
        float_text(item->valuedouble, text);
        if (!keep_text(item, text)) {
            return false;
        }
    }
    if (cJSON_IsNumber(item) && item->valuestring != NULL) {
        item->type = cJSON_Raw;
    }
    cJSON_ArrayForEach(child, item)
    {
        if (!make_raw(child)) {
            return false;
        }
    }
    return true;
}

char *cjson_text(const cJSON *tree)
{
    cJSON *copy = cJSON_Duplicate(tree, true);
    char *text = NULL;

    if (copy != NULL && make_raw(copy)) {
        text = cjson_show_nuls(cJSON_PrintUnformatted(copy));
    }
    cJSON_Delete(copy);
    return text;
}
