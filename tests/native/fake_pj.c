/*
 * Another PJSIP, small but real enough to be bound to: its version and the layout of its structs are chosen when it is
 * compiled. It stands for the builds that must be refused, which no package archive keeps.
 *
 *   VERSION   what pj_get_version says          NO_GRP_LOCK  pjmedia_port as before 2.15
 *   FAT_INFO  a pjmedia_port_info with one more field at its end       SWAPPED  put_frame and get_frame changed places
 *   NO_CONNECT  pjsua_conf_connect is missing
 */
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/types.h>

#ifndef VERSION
#define VERSION "2.15.1"
#endif

typedef struct {
    char *ptr;
    ssize_t slen;
} str;

typedef struct {
    str name;
    uint32_t signature;
    int dir;
    struct {
        uint32_t id;
        int type, detail_type;
#ifdef MOVED_RATE
        uint32_t flags;
#endif
        unsigned clock_rate, channel_count, frame_time_usec, bits_per_sample;
        uint32_t avg_bps, max_bps;
    } fmt;
#ifdef FAT_INFO
    uint64_t more;
#endif
} info;

typedef struct port port;
typedef struct {
    int type;
} frame;
struct port {
    info info;
    void *pdata;
    long ldata;
#ifndef NO_GRP_LOCK
    void *grp_lock;
#endif
    void *(*get_clock_src)(port *p, int dir);
#ifdef SWAPPED
    int (*get_frame)(port *p, frame *f);
    int (*put_frame)(port *p, frame *f);
#else
    int (*put_frame)(port *p, frame *f);
    int (*get_frame)(port *p, frame *f);
#endif
    int (*on_destroy)(port *p);
};

const char *pj_get_version(void) { return VERSION; }

int pjmedia_port_info_init(info *i, const str *name, unsigned signature, unsigned rate, unsigned channels,
                           unsigned bits, unsigned samples) {
    memset(i, 0, sizeof *i);
    i->name = *name;
    i->signature = signature;
    i->dir = 3;
    i->fmt.type = i->fmt.detail_type = 1;
    i->fmt.clock_rate = rate;
    i->fmt.channel_count = channels;
    i->fmt.bits_per_sample = bits;
    i->fmt.frame_time_usec = samples * 1000000U / rate;
    i->fmt.avg_bps = i->fmt.max_bps = rate * channels * bits;
    return 0;
}

void *pjmedia_port_get_clock_src(port *p, int dir) { return p->get_clock_src ? p->get_clock_src(p, dir) : NULL; }
int pjmedia_port_put_frame(port *p, frame *f) { return p->put_frame ? p->put_frame(p, f) : 1; }
int pjmedia_port_get_frame(port *p, frame *f) {
    if (p->get_frame) return p->get_frame(p, f);
    f->type = 0;
    return 1;
}
int pjmedia_port_destroy(port *p) { return p->on_destroy ? p->on_destroy(p) : 0; }

#define UNUSED(name) \
    void name(void) {}
UNUSED(pj_strerror)
UNUSED(pjsua_pool_create)
UNUSED(pjmedia_port_init_grp_lock)
UNUSED(pjsua_conf_add_port)
UNUSED(pjsua_conf_remove_port)
#ifndef NO_CONNECT
UNUSED(pjsua_conf_connect)
#endif
UNUSED(pjsua_conf_disconnect)
UNUSED(pjmedia_stream_set_dtmf_event_callback)
UNUSED(pjsua_get_pjsip_endpt)
UNUSED(pjsua_call_get_max_count)
UNUSED(pjsip_tsx_set_timers)
UNUSED(pjsip_endpt_get_ioqueue)
UNUSED(pjsua_get_pjmedia_endpt)
UNUSED(pjmedia_endpt_stop_threads)
UNUSED(pjmedia_endpt_get_ioqueue)
UNUSED(pj_ioqueue_poll)
UNUSED(pj_thread_create)
UNUSED(pj_thread_join)
UNUSED(pj_thread_destroy)
UNUSED(pj_ioqueue_register_sock)
UNUSED(pj_ioqueue_unregister)
UNUSED(pj_ioqueue_get_user_data)
UNUSED(pj_ioqueue_op_key_init)
UNUSED(pj_ioqueue_recv)
UNUSED(pj_ioqueue_accept)
