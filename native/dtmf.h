/* In-band DTMF receiver (ITU-T Q.23, Q.24): samples in, digit events out. This header is a contract that is read
   by the C compiler and by cffi alike, so it holds bare declarations only. */

enum { GW_DTMF_BEGIN = 1, GW_DTMF_END = 2 };

/* Sizes of the state; a block is 4 ms at the 8 kHz at which the receiver works inside. */
enum { GW_DTMF_BLOCK = 32, GW_DTMF_RING = 16, GW_DTMF_PENDING = 8 };

typedef struct {
    int32_t kind;       /* GW_DTMF_BEGIN or GW_DTMF_END */
    int32_t digit;      /* ASCII 0-9 A-D * # */
    int64_t start;      /* first sample of the tone, counted from init at the given rate */
    int64_t end;        /* one past its last sample; -1 in BEGIN */
    float low_dbm0;     /* level of the low tone; a full-scale sine is +3.14 dBm0 */
    float high_dbm0;    /* level of the high tone */
    float twist_db;     /* high_dbm0 - low_dbm0 */
    float confidence;   /* 0 (just accepted) to 1 (nothing but the two tones) */
} gw_dtmf_event;

typedef struct {
    int32_t sample_rate;                     /* 8000 or 16000 */
    int32_t fill;                            /* samples waiting in `partial` */
    int64_t blocks;                          /* whole blocks seen since init */
    int16_t partial[2 * GW_DTMF_BLOCK];      /* an unfinished block, at the rate of the input */
    int16_t tail[16];                        /* 16 kHz: last inputs, for the half-band filter */
    int16_t past[GW_DTMF_RING][GW_DTMF_BLOCK]; /* the last blocks at 8 kHz */
    float re[GW_DTMF_RING][8];               /* their correlations with the eight tones, phases continuous */
    float im[GW_DTMF_RING][8];
    float energy[GW_DTMF_RING];              /* their energy without mean and dial-tone band */
    float rest[GW_DTMF_RING];                /* energy in the dial-tone band */
    float rot_re[8];                         /* phase of each tone at the next block */
    float rot_im[8];
    int32_t rot_count;
    int32_t candidate;                       /* pair that leads now, -1 if none */
    int32_t candidate_blocks;                /* for how many windows it has led */
    int32_t fits_good;                       /* consecutive fits that passed */
    float evidence;                          /* sum of their scores */
    int32_t digit;                           /* ASCII of the digit that is on, 0 if none */
    int32_t pair;                            /* its pair, row * 4 + column */
    int64_t start;                           /* of that digit, samples at 8 kHz */
    int64_t below;                           /* when its level fell under half, -1 if it did not */
    float last_gain;                         /* level relative to the reference, one block ago */
    float step_re[2];                        /* phase step per block of the two tones off their nominal */
    float step_im[2];
    float reference[2];                      /* window correlation that counts as full level */
    float low_dbm0;
    float high_dbm0;
    float confidence;
    int32_t pending_count;                   /* events that found no room in `out` */
    gw_dtmf_event pending[GW_DTMF_PENDING];
    int64_t lost;                            /* events dropped because `pending` was full, too */
} gw_dtmf;

/* sample_rate: 8000 or 16000; anything else is taken as 8000. */
void gw_dtmf_init(gw_dtmf *d, int32_t sample_rate);

/* Feeds n samples; returns how many events were written to out. What does not fit is kept for the next call. At most
   one END and one BEGIN come in any 16 ms, so out_max = n / 64 + GW_DTMF_PENDING never keeps anything back. */
int32_t gw_dtmf_feed(gw_dtmf *d, const int16_t *x, int32_t n, gw_dtmf_event *out, int32_t out_max);

/* n samples for each of `channels` receivers: x holds the channels one after another, `stride` samples apart. Events of
   channel c are at out + c * out_max_each, counts[c] of them. */
void gw_dtmf_feed_many(gw_dtmf *const *d, const int16_t *x, int32_t channels, int32_t stride, int32_t n,
                       gw_dtmf_event *out, int32_t *counts, int32_t out_max_each);
