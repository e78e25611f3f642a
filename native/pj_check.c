/*
 * Proof that the struct layouts of pj_abi.h are those of the running library: it fills and calls our structs, and
 * we look where its values and calls arrive. It reads nothing that a different layout could turn into a wild
 * pointer.
 */
#include "pj_abi.h"
#include "pj_check.h"

#include <stdio.h>
#include <string.h>

enum { PUT = 1, GET = 2, CLOCK = 3, DESTROY = 4 };

static int called;                 /* which of the four functions below ran last */
static const void *called_with[2]; /* its arguments */

static pj_status_t note(int which, const void *a, const void *b) {
    called = which;
    called_with[0] = a;
    called_with[1] = b;
    return PJ_SUCCESS;
}

static pj_status_t on_put(pjmedia_port *port, pjmedia_frame *frame) { return note(PUT, port, frame); }
static pj_status_t on_get(pjmedia_port *port, pjmedia_frame *frame) { return note(GET, port, frame); }
static pj_status_t on_destroyed(pjmedia_port *port) { return note(DESTROY, port, NULL); }
static void *on_clock(pjmedia_port *port, int dir) {
    (void)dir;
    note(CLOCK, port, NULL);
    return NULL;
}

static int arrived(int which, const void *a, const void *b) {
    int ok = called == which && called_with[0] == a && called_with[1] == b;
    called = 0;
    return ok;
}

int gw_pj_check_info(const gw_pj_functions *pj, char *why, size_t why_size) {
    enum { ROOM = 512, FILL = 0xA5 };
    union {
        pjmedia_port_info info;
        unsigned char bytes[ROOM];
    } u;
    char text[] = "layout";
    pj_str_t name = {text, 6};
    memset(u.bytes, FILL, sizeof u.bytes);
    if (pj->pjmedia_port_info_init(&u.info, &name, 0x12345678U, 8000, 1, 16, 160) != PJ_SUCCESS) {
        snprintf(why, why_size, "pjmedia_port_info_init refuses 8000 Hz, mono, 160 samples");
        return 0;
    }
    for (size_t i = sizeof u.info; i < ROOM; i++) {
        if (u.bytes[i] != FILL) {
            snprintf(why, why_size, "pjmedia_port_info is larger than the %zu bytes of 2.15", sizeof u.info);
            return 0;
        }
    }
    const pjmedia_audio_format_detail *aud = &u.info.fmt.aud;
    if (aud->clock_rate != 8000) {
        snprintf(why, why_size, "pjmedia_port_info: a clock rate of 8000 reads back as %u", aud->clock_rate);
        return 0;
    }
    if (u.info.name.ptr != text || u.info.name.slen != 6 || u.info.signature != 0x12345678U ||
        u.info.dir != PJMEDIA_DIR_ENCODING_DECODING || u.info.fmt.type != PJMEDIA_TYPE_AUDIO ||
        u.info.fmt.detail_type != PJMEDIA_FORMAT_DETAIL_AUDIO || aud->channel_count != 1 ||
        aud->frame_time_usec != 20000 || aud->bits_per_sample != 16 || aud->avg_bps != 128000 ||
        aud->max_bps != 128000) {
        snprintf(why, why_size, "pjmedia_port_info: a field does not read back as it was given");
        return 0;
    }
    return 1;
}

int gw_pj_check_port(const gw_pj_functions *pj, char *why, size_t why_size) {
    union {
        pjmedia_port port;
        unsigned char
            bytes[sizeof(pjmedia_port) + 256]; /* zeros behind it: a function read from there is not called */
    } u;
    pjmedia_frame frame;
    memset(&u, 0, sizeof u);
    memset(&frame, 0, sizeof frame);
    called = 0;
    /* get_clock_src goes first: without grp_lock (before 2.15) the library reads NULL there and calls nothing. */
    u.port.get_clock_src = on_clock;
    pj->pjmedia_port_get_clock_src(&u.port, 1);
    if (!arrived(CLOCK, &u.port, NULL)) {
        snprintf(why, why_size, "pjmedia_port: get_clock_src is not where 2.15 has it");
        return 0;
    }
    u.port.put_frame = on_put;
    pj->pjmedia_port_put_frame(&u.port, &frame);
    if (!arrived(PUT, &u.port, &frame)) {
        snprintf(why, why_size, "pjmedia_port: put_frame is not where 2.15 has it");
        return 0;
    }
    u.port.get_frame = on_get;
    pj->pjmedia_port_get_frame(&u.port, &frame);
    if (!arrived(GET, &u.port, &frame)) {
        snprintf(why, why_size, "pjmedia_port: get_frame is not where 2.15 has it");
        return 0;
    }
    u.port.get_clock_src = NULL; /* all that a misplaced grp_lock could be read from is NULL now */
    u.port.put_frame = NULL;
    u.port.get_frame = NULL;
    u.port.on_destroy = on_destroyed;
    pj->pjmedia_port_destroy(&u.port);
    if (!arrived(DESTROY, &u.port, NULL)) {
        snprintf(why, why_size, "pjmedia_port: on_destroy or grp_lock is not where 2.15 has it");
        return 0;
    }
    frame.type = 77;
    pj->pjmedia_port_get_frame(&u.port, &frame);
    if (frame.type != PJMEDIA_FRAME_TYPE_NONE) {
        snprintf(why, why_size, "pjmedia_frame: type is not its first field");
        return 0;
    }
    return 1;
}
