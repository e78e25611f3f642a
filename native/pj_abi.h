/*
 * The few types and functions of PJSIP 2.15 that the native core uses, as that version lays them out. It comes
 * without headers, so they are declared here, and gw_pj_bind proves them against the running library.
 */
#ifndef GW_PJ_ABI_H
#define GW_PJ_ABI_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

typedef int pj_status_t;

enum { PJ_SUCCESS = 0, PJ_EPENDING = 70002 };
enum { PJMEDIA_TYPE_AUDIO = 1, PJMEDIA_FORMAT_DETAIL_AUDIO = 1, PJMEDIA_DIR_ENCODING_DECODING = 3 };
enum { PJMEDIA_FRAME_TYPE_NONE = 0, PJMEDIA_FRAME_TYPE_AUDIO = 1 };

typedef struct {
    long sec, msec;
} pj_time_val;

typedef struct {
    char *ptr;
    ssize_t slen;
} pj_str_t;

typedef struct {
    unsigned clock_rate, channel_count, frame_time_usec, bits_per_sample;
    uint32_t avg_bps, max_bps;
} pjmedia_audio_format_detail;

typedef struct {
    uint32_t id;
    int type;
    int detail_type;
    pjmedia_audio_format_detail aud; /* of a union of 24 bytes */
} pjmedia_format;

typedef struct {
    pj_str_t name;
    uint32_t signature;
    int dir;
    pjmedia_format fmt;
} pjmedia_port_info;

typedef struct {
    int type;
    void *buf;
    size_t size; /* bytes */
    uint64_t timestamp;
    uint32_t bit_info;
} pjmedia_frame;

typedef struct pjmedia_port pjmedia_port;
struct pjmedia_port {
    pjmedia_port_info info;
    struct {
        void *pdata;
        long ldata;
    } port_data;
    void *grp_lock; /* not there before 2.15 */
    void *(*get_clock_src)(pjmedia_port *port, int dir);
    pj_status_t (*put_frame)(pjmedia_port *port, pjmedia_frame *frame);
    pj_status_t (*get_frame)(pjmedia_port *port, pjmedia_frame *frame);
    pj_status_t (*on_destroy)(pjmedia_port *port);
};

typedef struct {
    int digit;          /* ASCII */
    uint32_t timestamp; /* of the first packet, ms */
    uint16_t duration;  /* so far, ms */
    uint16_t flags;     /* GW_RFC4733_... of tap.h: 1 update, 2 end */
} pjmedia_stream_dtmf_event;

typedef void gw_dtmf_event_cb(void *stream, void *user_data, const pjmedia_stream_dtmf_event *event);

typedef struct {
    void *internal[32];
    void *activesock_data;
    void *user_data;
} pj_ioqueue_op_key_t;

typedef struct {
    void (*on_read_complete)(void *key, pj_ioqueue_op_key_t *op, ssize_t bytes_read);
    void (*on_write_complete)(void *key, pj_ioqueue_op_key_t *op, ssize_t bytes_sent);
    void (*on_accept_complete)(void *key, pj_ioqueue_op_key_t *op, long sock, pj_status_t status);
    void (*on_connect_complete)(void *key, pj_status_t status);
} pj_ioqueue_callback;

/* X(result, name, parameters): every function that is looked up. */
#define GW_PJ_FUNCTIONS(X)                                                                                         \
    X(const char *, pj_get_version, (void))                                                                        \
    X(pj_str_t, pj_strerror, (pj_status_t status, char *buf, size_t size))                                         \
    X(void *, pjsua_pool_create, (const char *name, size_t initial, size_t increment))                             \
    X(pj_status_t, pjmedia_port_info_init,                                                                         \
      (pjmedia_port_info * info, const pj_str_t *name, unsigned signature, unsigned clock_rate, unsigned channels, \
       unsigned bits_per_sample, unsigned samples_per_frame))                                                      \
    X(void *, pjmedia_port_get_clock_src, (pjmedia_port * port, int dir))                                          \
    X(pj_status_t, pjmedia_port_put_frame, (pjmedia_port * port, pjmedia_frame * frame))                           \
    X(pj_status_t, pjmedia_port_get_frame, (pjmedia_port * port, pjmedia_frame * frame))                           \
    X(pj_status_t, pjmedia_port_destroy, (pjmedia_port * port))                                                    \
    X(pj_status_t, pjmedia_port_init_grp_lock, (pjmedia_port * port, void *pool, void *grp_lock))                  \
    X(pj_status_t, pjsua_conf_add_port, (void *pool, pjmedia_port *port, int *slot))                               \
    X(pj_status_t, pjsua_conf_remove_port, (int slot))                                                             \
    X(pj_status_t, pjsua_conf_connect, (int source, int sink))                                                     \
    X(pj_status_t, pjsua_conf_disconnect, (int source, int sink))                                                  \
    X(pj_status_t, pjmedia_stream_set_dtmf_event_callback, (void *stream, gw_dtmf_event_cb *cb, void *user_data))  \
    X(void *, pjsua_get_pjsip_endpt, (void))                                                                       \
    X(unsigned, pjsua_call_get_max_count, (void))                                                                  \
    X(void, pjsip_tsx_set_timers, (unsigned t1, unsigned t2, unsigned t4, unsigned td))                            \
    X(void *, pjsua_get_pjmedia_endpt, (void))                                                                     \
    X(pj_status_t, pjmedia_endpt_stop_threads, (void *endpt))                                                      \
    X(void *, pjmedia_endpt_get_ioqueue, (void *endpt))                                                            \
    X(int, pj_ioqueue_poll, (void *ioqueue, const pj_time_val *timeout))                                           \
    X(pj_status_t, pj_thread_create,                                                                               \
      (void *pool, const char *name, int (*run)(void *), void *arg, size_t stack, unsigned flags, void **thread))  \
    X(pj_status_t, pj_thread_join, (void *thread))                                                                 \
    X(pj_status_t, pj_thread_destroy, (void *thread))                                                              \
    X(void *, pjsip_endpt_get_ioqueue, (void *endpt))                                                              \
    X(pj_status_t, pj_ioqueue_register_sock,                                                                       \
      (void *pool, void *ioqueue, long sock, void *user_data, const pj_ioqueue_callback *cb, void **key))          \
    X(pj_status_t, pj_ioqueue_unregister, (void *key))                                                             \
    X(void *, pj_ioqueue_get_user_data, (void *key))                                                               \
    X(void, pj_ioqueue_op_key_init, (pj_ioqueue_op_key_t * op, size_t size))                                       \
    X(pj_status_t, pj_ioqueue_recv,                                                                                \
      (void *key, pj_ioqueue_op_key_t *op, void *buffer, ssize_t *length, uint32_t flags))                         \
    X(pj_status_t, pj_ioqueue_accept,                                                                              \
      (void *key, pj_ioqueue_op_key_t *op, long *new_sock, void *local, void *remote, int *addrlen))

#define GW_PJ_POINTER(result, name, parameters) result(*name) parameters;
typedef struct {
    GW_PJ_FUNCTIONS(GW_PJ_POINTER)
} gw_pj_functions;
#undef GW_PJ_POINTER

/* The bound functions, or NULL before gw_pj_bind. Written once, before any tap exists. */
extern const gw_pj_functions *gw_pj;

/* A pool for things that live as long as the endpoint; NULL when there is none. */
void *gw_pj_pool(void);

#endif
