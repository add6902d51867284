#include "http/url.h"

#include <curl/curl.h>
#include <string.h>

/* Copies a part; `what` says what is too long. NULL: it is there now, or has none, and is "". */
static const char *take_part(CURLU *handle, CURLUPart part, unsigned flags, char *to, size_t size,
                             const char *too_long)
{
    char *text = NULL;
    const char *problem = NULL;

    to[0] = '\0';
    if (curl_url_get(handle, part, &text, flags) == CURLUE_OK && text != NULL) {
        if (strlen(text) >= size) {
            problem = too_long;
        } else {
            strcpy(to, text);
        }
    }
    curl_free(text);
    return problem;
}

/* "[::1]" -> "::1" */
static void strip_brackets(char *host)
{
    size_t length = strlen(host);

    if (host[0] == '[' && host[length - 1] == ']') {
        memmove(host, host + 1, length - 2);
        host[length - 2] = '\0';
    }
}

static const char *take_origin(CURLU *handle, struct url *url)
{
    char scheme[16];
    const char *problem = take_part(handle, CURLUPART_SCHEME, 0, scheme, sizeof(scheme), "unknown scheme");

    if (problem == NULL && strcmp(scheme, "http") != 0 && strcmp(scheme, "https") != 0) {
        problem = "expected http:// or https://";
    }
    url->secure = strcmp(scheme, "https") == 0;
    if (problem == NULL) {
        problem = take_part(handle, CURLUPART_HOST, 0, url->host, sizeof(url->host), "the host is too long");
    }
    if (problem == NULL) {
        problem = take_part(handle, CURLUPART_PORT, CURLU_DEFAULT_PORT, url->port, sizeof(url->port),
                            "the port is too long");
    }
    strip_brackets(url->host);
    return problem;
}

static const char *take_user(CURLU *handle, struct url *url)
{
    const char *problem = take_part(handle, CURLUPART_USER, CURLU_URLDECODE, url->user, sizeof(url->user),
                                    "the user is too long");

    if (problem == NULL) {
        problem = take_part(handle, CURLUPART_PASSWORD, CURLU_URLDECODE, url->password, sizeof(url->password),
                            "the password is too long");
    }
    url->has_user = url->user[0] != '\0' || url->password[0] != '\0';
    return problem;
}

/* Takes from the handle what must not be sent, or shown, and its text after that. */
static const char *take_texts(CURLU *handle, struct url *url)
{
    const char *problem;

    curl_url_set(handle, CURLUPART_USER, NULL, 0);
    curl_url_set(handle, CURLUPART_PASSWORD, NULL, 0);
    curl_url_set(handle, CURLUPART_FRAGMENT, NULL, 0);
    problem = take_part(handle, CURLUPART_URL, 0, url->text, sizeof(url->text), "it is too long");
    curl_url_set(handle, CURLUPART_QUERY, NULL, 0);
    if (problem == NULL && take_part(handle, CURLUPART_URL, 0, url->shown, sizeof(url->shown), "") != NULL) {
        curl_url_set(handle, CURLUPART_PATH, NULL, 0);
        take_part(handle, CURLUPART_URL, 0, url->shown, sizeof(url->shown), "");
    }
    return problem;
}

static const char *read_handle(CURLU *handle, struct url *url, const char *text, const struct url *base)
{
    CURLUcode code = CURLUE_OK;
    const char *problem;

    if (base != NULL) {
        code = curl_url_set(handle, CURLUPART_URL, base->text, 0);
    }
    if (code == CURLUE_OK) {
        code = curl_url_set(handle, CURLUPART_URL, text, base != NULL ? CURLU_URLENCODE : CURLU_PATH_AS_IS);
    }
    if (code == CURLUE_UNSUPPORTED_SCHEME || code == CURLUE_BAD_SCHEME) {
        return "expected http:// or https://";
    }
    if (code != CURLUE_OK) {
        return curl_url_strerror(code);
    }
    problem = take_origin(handle, url);
    if (problem == NULL) {
        problem = take_user(handle, url);
    }
    return problem == NULL ? take_texts(handle, url) : problem;
}

const char *url_read(struct url *url, const char *text, const struct url *base)
{
    CURLU *handle = curl_url();
    const char *problem = "out of memory";

    memset(url, 0, sizeof(*url));
    if (handle != NULL) {
        problem = read_handle(handle, url, text, base);
        curl_url_cleanup(handle);
    }
    return problem;
}

bool url_same_origin(const struct url *a, const struct url *b)
{
    return a->secure == b->secure && strcasecmp(a->host, b->host) == 0 && strcmp(a->port, b->port) == 0;
}
