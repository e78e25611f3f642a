/*
 * The door to the PJSIP that Python has already loaded: nothing is linked, the symbols are looked up at run time.
 *
 * Bare declarations: no includes, no guards. Needs <stdint.h> before it. Loop thread only.
 */

enum {
    GW_BIND_OK = 0,
    GW_BIND_NOT_LOADED = 1, /* that file is not loaded in this process */
    GW_BIND_NO_SYMBOL = 2,  /* a function is missing */
    GW_BIND_VERSION = 3,    /* not 2.15 */
    GW_BIND_LAYOUT = 4      /* a struct lies otherwise than declared */
};

/* Binds to a shared object (the _pjsua2 module). Nothing changes unless it returns GW_BIND_OK. */
int32_t gw_pj_bind(const char *module_file);
/* After a refusal: what was found, for a person. After GW_BIND_OK: the version. */
const char *gw_pj_detail(void);
/* The text of a pj_status_t, or of one of our GW_... results. */
const char *gw_pj_error(int32_t status);

/* The bridge: what slot `source` hears or plays goes to slot `sink`. 0 or a pj_status_t; GW_NOT_BOUND.
   Asynchronous: they take effect on the clock thread. */
int32_t gw_bridge_connect(int32_t source, int32_t sink);
int32_t gw_bridge_disconnect(int32_t source, int32_t sink);

/* After libInit: how many legs this build can have at once (a limit of compile time). Or GW_NOT_BOUND. */
int32_t gw_pj_legs_max(void);
/* T1, T2, T4 and TD of RFC 3261, ms. Shorter than the standard's, a leg to a dead phone is freed sooner. */
int32_t gw_pj_sip_timers(int32_t t1_ms, int32_t t2_ms, int32_t t4_ms, int32_t td_ms);
