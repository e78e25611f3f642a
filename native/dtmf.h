/* In-band DTMF receiver (ITU-T Q.23, Q.24): samples in, digit events out. This header is a contract that is read
   by the C compiler and by cffi alike, so it holds bare declarations only. */

enum { GW_DTMF_BEGIN = 1, GW_DTMF_END = 2 };

/* Sizes of the state; a block is 4 ms at the 8 kHz at which the receiver works inside. */
enum { GW_DTMF_BLOCK = 32, GW_DTMF_RING = 16, GW_DTMF_PENDING = 8 };

typedef struct {
    int32_t kind;     /* GW_DTMF_BEGIN or GW_DTMF_END */
    int32_t digit;    /* ASCII 0-9 A-D * # */
    int64_t start;    /* first sample of the tone, counted from init at the given rate */
    int64_t end;      /* one past its last sample; -1 in BEGIN */
    float low_dbm0;   /* level of the low tone; a full-scale sine is +3.14 dBm0 */
    float high_dbm0;  /* level of the high tone */
    float twist_db;   /* high_dbm0 - low_dbm0 */
    float confidence; /* 0 (just accepted) to 1 (the two tones as Q.23 has them, and nothing else) */
} gw_dtmf_event;

/* One receiver: plain data that may be copied. Rings are indexed by block number. */
typedef struct {
    int32_t sample_rate; /* 8000 or 16000 */
    int32_t fill;        /* samples waiting in `partial` */
    int64_t blocks;      /* whole blocks seen since init */
    float rot_re[8];     /* phase of each tone at the next block */
    float rot_im[8];
    float sums_re[GW_DTMF_RING][8]; /* correlation of each block with the tones, phases running on */
    float sums_im[GW_DTMF_RING][8];
    float energy[GW_DTMF_RING];                /* energy of each block without the next two, LSB^2 */
    float hum[GW_DTMF_RING];                   /* energy of its mean, LSB^2 */
    float dial[GW_DTMF_RING];                  /* energy in the dial-tone band, LSB^2 */
    int16_t past[GW_DTMF_RING][GW_DTMF_BLOCK]; /* the blocks themselves, at 8 kHz */
    int16_t partial[2 * GW_DTMF_BLOCK];        /* an unfinished block, at the rate of the input */
    int16_t tail[16];                          /* 16 kHz: last inputs, for the half-band filter */
    int32_t turns;                             /* blocks since the phases were set to zero */
    int32_t leader;                            /* pair (row * 4 + column) that leads the gate, -1 if none */
    int32_t led;                               /* for how many windows it has led */
    int64_t probable;                          /* block of the last good fit */
    int64_t third;                             /* block of the last fit that heard a third tone */
    int32_t pair;                              /* pair of the digit that is on, -1 if none */
    int32_t digit;                             /* its ASCII code */
    int64_t start;                             /* its first sample, at 8 kHz */
    int64_t below;                             /* sample at which its level fell under half, -1 if it did not */
    int32_t ended_pair;                        /* pair of the digit before, -1 if none */
    int64_t ended;                             /* where that digit ended, sample at 8 kHz */
    float gain;                                /* its level one block ago, relative to the reference */
    float reference[2];                        /* sum over a window that counts as full level, per tone */
    float steps[2][4];   /* turn per block of each tone, beyond its nominal, as it is multiplied with */
    float of_pair[4][4]; /* ring of blocks: correlations with its two tones, real parts, then imaginary ones */
    float low_dbm0;
    float high_dbm0;
    float confidence;
    int32_t pending_count; /* events that found no room in `out` */
    gw_dtmf_event pending[GW_DTMF_PENDING];
    int64_t lost; /* events dropped because `pending` was full, too */
} gw_dtmf;

/* sample_rate: 8000 or 16000; anything else is taken as 8000. */
void gw_dtmf_init(gw_dtmf *d, int32_t sample_rate);

/* Feeds n samples; returns how many events were written to out. What finds no room is kept for the next call. A
   digit takes at least 28 ms, so out_max = n / 64 + GW_DTMF_PENDING never keeps anything back. */
int32_t gw_dtmf_feed(gw_dtmf *d, const int16_t *x, int32_t n, gw_dtmf_event *out, int32_t out_max);

/* n samples for each of `channels` receivers: x holds the channels one after another, `stride` samples apart.
   Events of channel c are at out + c * out_max_each, counts[c] of them. */
void gw_dtmf_feed_many(gw_dtmf *const *d, const int16_t *x, int32_t channels, int32_t stride, int32_t n,
                       gw_dtmf_event *out, int32_t *counts, int32_t out_max_each);
