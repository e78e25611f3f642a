/*
 * Finds the running PJSIP and refuses one that it does not know. dlopen with RTLD_NOLOAD gives the instance that
 * Python loaded, never a second copy with its own globals.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "pj.h"
#include "pj_abi.h"
#include "pj_check.h"
#include "tap.h"

static gw_pj_functions functions;
const gw_pj_functions *gw_pj;

static char detail[256];
static char error_text[160];

#define VERSION_FAMILY "2.15"

static int known_version(const char *version) {
    size_t n = strlen(VERSION_FAMILY);
    return strncmp(version, VERSION_FAMILY, n) == 0 && strchr(".-", version[n]) != NULL; /* its end, too */
}

static const char *find_all(void *handle, gw_pj_functions *found) {
    /* POSIX promises that a function pointer and a data pointer look alike; ISO C does not, hence the copy. */
#define FIND(result, name, parameters)                                                                             \
    do {                                                                                                           \
        void *symbol = dlsym(handle, #name);                                                                       \
        if (symbol == NULL) return #name;                                                                          \
        memcpy(&found->name, &symbol, sizeof symbol);                                                              \
    } while (0);
    GW_PJ_FUNCTIONS(FIND)
#undef FIND
    return NULL;
}

int32_t gw_pj_bind(const char *module_file) {
    gw_pj_functions found;
    void *handle = dlopen(module_file, RTLD_NOW | RTLD_NOLOAD);
    if (handle == NULL) {
        snprintf(detail, sizeof detail, "%s is not loaded in this process", module_file);
        return GW_BIND_NOT_LOADED;
    }
    /* The handle stays open: the library must not go away under the taps. A second bind only adds to its count. */
    const char *missing = find_all(handle, &found);
    int32_t result = GW_BIND_OK;
    if (missing != NULL) {
        snprintf(detail, sizeof detail, "it does not export %s", missing);
        result = GW_BIND_NO_SYMBOL;
    } else if (!known_version(found.pj_get_version())) {
        snprintf(detail, sizeof detail, "it is PJSIP %s, and the native core knows %s", found.pj_get_version(),
                 VERSION_FAMILY);
        result = GW_BIND_VERSION;
    } else if (!gw_pj_check_info(&found, detail, sizeof detail) ||
               !gw_pj_check_port(&found, detail, sizeof detail)) {
        result = GW_BIND_LAYOUT;
    }
    if (result != GW_BIND_OK) {
        dlclose(handle);
        return result;
    }
    functions = found;
    gw_pj = &functions;
    snprintf(detail, sizeof detail, "%s", found.pj_get_version());
    return GW_BIND_OK;
}

const char *gw_pj_detail(void) { return detail; }

const char *gw_pj_error(int32_t status) {
    switch (status) {
    case GW_OK: return "no error";
    case GW_FULL: return "no room for another command";
    case GW_CLOSED: return "it is closed";
    case GW_BAD_VALUE: return "a value is out of range";
    case GW_NOT_BOUND: return "the native core is not bound to a running pjsua2 endpoint";
    default: break;
    }
    if (gw_pj == NULL) {
        snprintf(error_text, sizeof error_text, "status %d", status);
    } else {
        char buf[120];
        pj_str_t text = gw_pj->pj_strerror(status, buf, sizeof buf);
        snprintf(error_text, sizeof error_text, "%.*s", (int)text.slen, text.ptr);
    }
    return error_text;
}

void *gw_pj_pool(void) {
    static void *pool;
    static void *owner; /* the endpoint that it belongs to: a new one needs a new pool */
    if (gw_pj == NULL) return NULL;
    void *endpoint = gw_pj->pjsua_get_pjsip_endpt();
    if (endpoint == NULL) return NULL;
    if (pool == NULL || owner != endpoint) {
        pool = gw_pj->pjsua_pool_create("gateway", 1024, 1024);
        owner = endpoint;
    }
    return pool;
}

int32_t gw_bridge_connect(int32_t source, int32_t sink) {
    if (gw_pj == NULL) return GW_NOT_BOUND;
    return gw_pj->pjsua_conf_connect(source, sink);
}

int32_t gw_bridge_disconnect(int32_t source, int32_t sink) {
    if (gw_pj == NULL) return GW_NOT_BOUND;
    return gw_pj->pjsua_conf_disconnect(source, sink);
}

int32_t gw_pj_legs_max(void) {
    if (gw_pj == NULL) return GW_NOT_BOUND;
    return (int32_t)gw_pj->pjsua_call_get_max_count();
}

int32_t gw_pj_sip_timers(int32_t t1_ms, int32_t t2_ms, int32_t t4_ms, int32_t td_ms) {
    if (gw_pj == NULL) return GW_NOT_BOUND;
    if (t1_ms <= 0 || t2_ms <= 0 || t4_ms <= 0 || td_ms <= 0) return GW_BAD_VALUE;
    gw_pj->pjsip_tsx_set_timers((unsigned)t1_ms, (unsigned)t2_ms, (unsigned)t4_ms, (unsigned)td_ms);
    return GW_OK;
}
