#include "format/pipeheader.h"
#include "format/syslogtime.h"
#include "format/writers.h"

#include <string.h>

#define MOST_PRIORITY 191
#define BOM           "\xEF\xBB\xBF"

/* What is left of the message. */
struct line {
    const char *at, *end;
    struct json_writer *writer;
};

static bool is_digit(char letter)
{
    return letter >= '0' && letter <= '9';
}

/* A text that stands for what is there. */
static void write_meaning(struct json_writer *writer, const char *text, const char *from, const char *to)
{
    const size_t length = strlen(text);

    if (!json_write_plain(writer, text, text + length)) { /* origins are wanted */
        json_begin_text(writer, from);
        json_put(writer, text, length);
        json_end_text(writer, to);
    }
}

/* The same for a number below 1000. */
static void write_number(struct json_writer *writer, unsigned number, const char *from, const char *to)
{
    const char digits[] = {(char)('0' + number / 100), (char)('0' + number / 10 % 10),
                           (char)('0' + number % 10), 0};

    write_meaning(writer, digits + (number < 10 ? 2 : number < 100 ? 1 : 0), from, to);
}

/* Passes over the count of octets of RFC 6587, which stands before the priority in a stream; and takes off
 * what ends a message there. */
static void unframe(struct line *line)
{
    const char *digit = line->at;
    size_t count = 0;

    for (; digit < line->end && is_digit(*digit) && digit - line->at < 9; digit++) {
        count = 10 * count + (size_t)(*digit - '0');
    }
    if (digit > line->at && line->end - digit > 1 && digit[0] == ' ' && digit[1] == '<') {
        line->at = digit + 1;
        line->end = count < (size_t)(line->end - line->at) ? line->at + count : line->end;
    }
    line->end = pipeheader_line_end(line->at, line->end);
}

/* Takes `<34>`, and writes what it says. False: there is none. */
static bool take_priority(struct line *line)
{
    static const char *const facilities[] = {"kern",   "user",   "mail",   "daemon", "auth",     "syslog",
                                             "lpr",    "news",   "uucp",   "cron",   "authpriv", "ftp",
                                             "ntp",    "audit",  "alert",  "clock",  "local0",   "local1",
                                             "local2", "local3", "local4", "local5", "local6",   "local7"};
    static const char *const severities[] = {"emerg",   "alert",  "crit", "err",
                                             "warning", "notice", "info", "debug"};
    const char *from = line->at + 1, *to = from;
    unsigned priority = 0;

    if (line->at == line->end || *line->at != '<') {
        return false;
    }
    for (; to < line->end && is_digit(*to) && to - from < 3; to++) {
        priority = 10 * priority + (unsigned)(*to - '0');
    }
    if (to == from || to == line->end || *to != '>' || priority > MOST_PRIORITY) {
        return false;
    }
    json_write_name(line->writer, "priority");
    write_number(line->writer, priority, from, to);
    json_write_name(line->writer, "facility");
    write_number(line->writer, priority / 8, from, to);
    json_write_name(line->writer, "severity");
    write_number(line->writer, priority % 8, from, to);
    json_write_name(line->writer, "facility_name");
    write_meaning(line->writer, facilities[priority / 8], from, to);
    json_write_name(line->writer, "severity_name");
    write_meaning(line->writer, severities[priority % 8], from, to);
    line->at = to + 1;
    return true;
}

/* The end of a word: a space, or the line's end. */
static const char *word_end(const struct line *line)
{
    const char *space = memchr(line->at, ' ', (size_t)(line->end - line->at));

    return space != NULL ? space : line->end;
}

/* Behind the word that ends at `to`, and one space. */
static void pass(struct line *line, const char *to)
{
    line->at = to < line->end ? to + 1 : to;
}

static void write_message(struct line *line)
{
    if (line->at < line->end) {
        json_write_name(line->writer, "message");
        json_write_text(line->writer, line->at, line->end);
    }
}

/* ---- RFC 5424 ---- */

/* The end of a name of structured data, which is not empty; NULL: it is none. */
static const char *name_end(const char *at, const char *end)
{
    const char *const from = at;

    while (at<end && * at> ' ' && *at != '=' && *at != ']' && *at != '"' && *at < 0x7F) {
        at++;
    }
    return at > from ? at : NULL;
}

/* The quote where the value of a parameter ends; NULL: it has no end. */
static const char *value_end(const char *at, const char *end)
{
    for (; at < end; at++) {
        if (*at == '"') {
            return at;
        }
        at += *at == '\\' && end - at > 1;
    }
    return NULL;
}

/* Behind the element `[ID name="value"]` at `at`; NULL: it is none. */
static const char *element_end(const char *at, const char *end)
{
    at = name_end(at + 1, end);
    while (at != NULL && at < end && *at == ' ') {
        at = name_end(at + 1, end);
        if (at == NULL || end - at < 3 || at[0] != '=' || at[1] != '"') {
            return NULL;
        }
        at = value_end(at + 2, end);
        at = at != NULL ? at + 1 : NULL;
    }
    return at != NULL && at < end && *at == ']' ? at + 1 : NULL;
}

/* A value without the backslashes before a quote, a bracket and a backslash. */
static void write_value(struct json_writer *writer, const char *from, const char *to)
{
    if (json_write_plain(writer, from, to)) {
        return;
    }
    json_begin_text(writer, from);
    while (from < to) {
        const char *slash = memchr(from, '\\', (size_t)(to - from)), *stop = slash != NULL ? slash : to;

        json_put(writer, from, (size_t)(stop - from));
        from = stop;
        if (from < to) {
            from += to - from > 1 && (from[1] == '"' || from[1] == ']' || from[1] == '\\');
            json_put(writer, from++, 1);
        }
    }
    json_end_text(writer, to);
}

/* The element at `at`, which is one. */
static void write_element(struct json_writer *writer, const char *at, const char *end)
{
    const char *stop = name_end(at + 1, end);

    json_write_key(writer, at + 1, (size_t)(stop - at - 1));
    json_write_bracket(writer, '{');
    while (*stop == ' ') {
        const char *name = stop + 1, *sign = name_end(name, end);

        stop = value_end(sign + 2, end);
        json_write_key(writer, name, (size_t)(sign - name));
        write_value(writer, sign + 2, stop);
        stop++;
    }
    json_write_bracket(writer, '}');
}

/* Structured data. What is none, where it should be, is the message. */
static void take_data(struct line *line)
{
    const char *to = NULL;

    if (line->end - line->at >= 1 && *line->at == '-' && (line->end - line->at == 1 || line->at[1] == ' ')) {
        pass(line, line->at + 1);
        return;
    }
    if (line->at < line->end && *line->at == '[') {
        to = element_end(line->at, line->end);
    }
    if (to == NULL) {
        return;
    }
    json_write_name(line->writer, "data");
    json_write_bracket(line->writer, '{');
    while (to != NULL) {
        write_element(line->writer, line->at, line->end);
        line->at = to;
        to = line->at < line->end && *line->at == '[' ? element_end(line->at, line->end) : NULL;
    }
    json_write_bracket(line->writer, '}');
    line->at += line->at < line->end && *line->at == ' ';
}

/* Is it `1 TIMESTAMP`, or `1 -`? */
static bool is_new(const struct line *line)
{
    const char *at = line->at;
    size_t left = (size_t)(line->end - at);

    return left > 3 && at[0] == '1' && at[1] == ' ' &&
           ((at[2] == '-' && at[3] == ' ') || syslogtime_is_iso(at + 2, line->end));
}

static void write_new(struct line *line)
{
    static const char *const names[] = {
        ",\"version\":", ",\"timestamp\":", ",\"host\":", ",\"app\":", ",\"pid\":", ",\"id\":"};

    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]) && line->at < line->end; i++) {
        const char *to = word_end(line);

        if (to > line->at && (to - line->at != 1 || *line->at != '-')) {
            json_write_quoted(line->writer, names[i], strlen(names[i]));
            json_write_text(line->writer, line->at, to);
        }
        pass(line, to);
    }
    take_data(line);
    if (line->end - line->at >= 3 && memcmp(line->at, BOM, 3) == 0) {
        line->at += 3;
    }
    write_message(line);
}

/* ---- RFC 3164 ---- */

static bool is_letter(char letter)
{
    return (letter >= 'a' && letter <= 'z') || (letter >= 'A' && letter <= 'Z');
}

/* Behind the tag `app:` or `app[pid]:` at the begin of a word, where the text follows without a space, as RFC
 * 3164 lets it; `end`: there is none. What may be an address (`fe80:0::1`), a URL, a path of Windows or a
 * name of C++ is none. */
static const char *tight_tag_end(const char *at, const char *end)
{
    bool is_name = false; /* hexadecimal digits alone may be an address */

    if (at == end || !is_letter(*at)) {
        return end;
    }
    for (; at < end && *at != ':' && *at != '['; at++) {
        if (!is_letter(*at) && !is_digit(*at) && memchr("-_./", *at, 4) == NULL) {
            return end;
        }
        is_name = is_name || (!is_digit(*at) && ((*at | 0x20) < 'a' || (*at | 0x20) > 'f'));
    }
    if (at < end && *at == '[') {
        for (at++; at < end && is_digit(*at); at++) {
        }
        is_name = at < end && *at++ == ']';
    }
    return is_name && end - at > 1 && *at == ':' && memchr(":/\\", at[1], 3) == NULL ? at + 1 : end;
}

/* Takes the tag, `app:`, `app[pid]:` or `app[pid]`, where the word at `at` is one, or begins with one. */
static bool take_tag(struct line *line)
{
    const char *name = line->at, *to = tight_tag_end(name, word_end(line)), *bracket, *stop = to;

    stop -= to > name && to[-1] == ':';
    bracket = stop > name && stop[-1] == ']' ? memchr(name, '[', (size_t)(stop - name)) : NULL;
    if (stop == name || bracket == name || (stop == to && bracket == NULL)) {
        return false;
    }
    json_write_member(line->writer, "app", name, bracket != NULL ? bracket : stop);
    if (bracket != NULL) {
        json_write_member(line->writer, "pid", bracket + 1, stop - 1);
    }
    line->at = to + (to < line->end && *to == ' ');
    return true;
}

/* `is_known`: it has a priority. What has neither that nor a time is a text that anyone may have sent: it is
 * the message. */
static void write_old(struct line *line, bool is_known)
{
    const char *to = syslogtime_end(line->at, line->end);

    if (to != NULL) {
        json_write_member(line->writer, "timestamp", line->at, to);
        line->at = to;
        line->at += line->at < line->end && *line->at == ':'; /* routers write one */
        while (line->at < line->end && *line->at == ' ') {
            line->at++;
        }
    }
    if ((is_known || to != NULL) && !take_tag(line) && to != NULL) {
        const char *host = line->at, *host_end = word_end(line);

        if (host_end > host) {
            json_write_member(line->writer, "host", host, host_end);
        }
        pass(line, host_end);
        take_tag(line);
    }
    write_message(line);
}

void syslog_write(struct format_use *use, const char *at, const char *end, struct json_writer *writer)
{
    struct line line = {.at = at, .end = end, .writer = writer};
    bool is_known;

    (void)use;
    unframe(&line);
    json_write_bracket(writer, '{');
    is_known = take_priority(&line);
    if (is_known && is_new(&line)) {
        write_new(&line);
    } else {
        write_old(&line, is_known);
    }
    json_write_bracket(writer, '}');
}
