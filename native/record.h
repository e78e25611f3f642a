/*
 * Samples on their way from a media thread into a recording: a ring for one producer (the media thread) and one consumer
 * (the loop). What finds no room is made up for by silence later, so that two directions never drift apart.
 *
 * Bare declarations: no includes, no guards. Needs <stdint.h> and tone.h before it.
 */

typedef struct {
    int16_t *ring;       /* memory of the loop, which must outlive the last gw_record_put */
    uint32_t capacity;   /* samples, a power of two */
    int32_t sample_rate;
    uint8_t apart1[64];  /* so that the two threads do not fight over a cache line */
    uint32_t written;    /* the media thread's; runs freely */
    int64_t owed;        /* samples that found no room and have not yet been made up for */
    int64_t lost;        /* all that ever found no room */
    int32_t masking;
    gw_tone tone;
    uint8_t apart2[64];
    uint32_t read;       /* the loop's; runs freely */
    int32_t masked;      /* what it asks for */
} gw_record;

/* Before any thread uses it. 1, or 0 and nothing changed when capacity is no power of two, the rate not 8000 or 16000. */
int32_t gw_record_init(gw_record *record, int32_t sample_rate, int16_t *ring, uint32_t capacity);
/* Media thread: n samples; NULL: n samples of silence, as before the first packet. */
void gw_record_put(gw_record *record, const int16_t *samples, int32_t n);
/* Loop: how many samples wait. */
int32_t gw_record_waiting(gw_record *record);
/* Loop: takes up to max samples; how many. */
int32_t gw_record_take(gw_record *record, int16_t *out, int32_t max);
/* Loop: from the next gw_record_put on the ring gets a tone of 1000 Hz, -30 dBm0 instead of what is said. */
void gw_record_mask(gw_record *record, int32_t on);
/* Loop: samples that found no room so far. */
int64_t gw_record_lost(gw_record *record);
