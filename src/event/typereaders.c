#include "event/typereaders.h"

#include "event/parsetext.h"
#include "event/value.h"
#include "ip/address.h"
#include "time/notations.h"
#include "time/parseformat.h"

#include <string.h>

static enum value_read read_result(bool read)
{
    return read ? VALUE_READ_OK : VALUE_READ_TYPE;
}

enum value_read typereader_string(const struct field_type *type, const char *text, size_t length,
                                  struct pool *pool, void *cell)
{
    (void)type;
    *(const char **)cell = value_text(pool, text, length);
    return *(const char **)cell != NULL ? VALUE_READ_OK : VALUE_READ_MEMORY;
}

enum value_read typereader_digits(const struct field_type *type, const char *text, size_t length,
                                  struct pool *pool, void *cell)
{
    (void)type;
    (void)pool;
    return read_result(natural_parse(text, length, cell));
}

enum value_read typereader_integer(const struct field_type *type, const char *text, size_t length,
                                   struct pool *pool, void *cell)
{
    (void)type;
    (void)pool;
    return read_result(decimal_parse(text, length, 0, true, cell));
}

enum value_read typereader_bool(const struct field_type *type, const char *text, size_t length,
                                struct pool *pool, void *cell)
{
    bool truth = length == 4 && memcmp(text, "true", 4) == 0;

    (void)type;
    (void)pool;
    *(uint32_t *)cell = truth;
    return read_result(truth || (length == 5 && memcmp(text, "false", 5) == 0));
}

/* What a text of a field's time does not say. */
static const struct time_defaults defaults = {.year = 1970};

/* The cell of a time: nanoseconds from 1970 on. */
static bool keep_time(enum time_read read, const struct instant *instant, void *cell)
{
    return read == TIME_READ_OK && instant_nanoseconds_unsigned(instant, cell);
}

static bool parse_time(const char *text, size_t length, void *cell)
{
    struct instant instant;
    enum time_read read = time_read_rfc3339(text, length, &defaults, &instant);

    return keep_time(read, &instant, cell);
}

enum value_read typereader_time(const struct field_type *type, const char *text, size_t length,
                                struct pool *pool, void *cell)
{
    (void)type;
    (void)pool;
    return read_result(natural_parse(text, length, cell) || parse_time(text, length, cell));
}

/* Reads a number in the unit of the field's `time =`. */
static enum value_read read_units(const struct field_type *type, const char *text, size_t length,
                                  struct pool *pool, void *cell)
{
    (void)pool;
    return read_result(decimal_parse(text, length, type->scale, false, cell) ||
                       (type->time == TIME_POINT && parse_time(text, length, cell)));
}

/* Reads a time in the format of the field's `time =`. */
static enum value_read read_format(const struct field_type *type, const char *text, size_t length,
                                   struct pool *pool, void *cell)
{
    struct instant instant;
    enum time_read read = time_read_format(type->format, text, length, &defaults, &instant);

    (void)pool;
    return read_result(keep_time(read, &instant, cell));
}

/* Copies an address of `size` bytes into the pool. */
static enum value_read keep_address(const uint8_t *address, unsigned size, struct pool *pool, void *cell)
{
    void *copy;

    if (size == 0) {
        return VALUE_READ_TYPE;
    }
    copy = pool_take(pool, size);
    if (copy == NULL) {
        return VALUE_READ_MEMORY;
    }
    memcpy(copy, address, size);
    *(struct bytes *)cell = (struct bytes){size, copy};
    return VALUE_READ_OK;
}

enum value_read typereader_address(const struct field_type *type, const char *text, size_t length,
                                   struct pool *pool, void *cell)
{
    uint8_t address[16];

    (void)type;
    return keep_address(address, address_parse(text, length, address), pool, cell);
}

enum value_read typereader_network(const struct field_type *type, const char *text, size_t length,
                                   struct pool *pool, void *cell)
{
    uint8_t address[16];

    (void)type;
    return keep_address(address, network_parse(text, length, address), pool, cell);
}

bool typereader_set_time(struct field_type *type, const char *unit, const char **problem)
{
    static const struct {
        const char *name;
        int scale; /* its nanoseconds are ten to this power */
        const char *expected;
    } units[] = {{"s", 9, "a number of seconds from 0"},
                 {"ms", 6, "a number of milliseconds from 0"},
                 {"us", 3, "a number of microseconds from 0"},
                 {"ns", 0, "a number of nanoseconds from 0"}};

    type->is_whole = false;
    for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++) {
        if (strcmp(unit, units[i].name) == 0) {
            type->scale = units[i].scale;
            type->read_text = type->read_number = read_units;
            type->expected = type->takes = units[i].expected;
            return true;
        }
    }
    type->format = unit;
    type->expected = type->takes = "a time as its time = says";
    type->read_text = type->read_number = read_format;
    if (strchr(unit, '%') == NULL) {
        *problem = "expected \"s\", \"ms\", \"us\", \"ns\", or a format such as \"%d/%b/%Y:%H:%M:%S %z\"";
        return false;
    }
    if (!time_check_format(unit, problem)) {
        *problem = "a \"%\" in the format means nothing; there are %Y %y %m %d %e %j %b %B %a %A %u %w %H %k "
                   "%I %l %p %M %S %f %z %:z %Z %s %F %T %R %D %r %c %x %X %n %t %%";
        return false;
    }
    return true;
}
