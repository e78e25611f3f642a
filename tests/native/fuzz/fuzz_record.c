/* Ring of a recording: puts, takes and masks in any order; never more than its capacity, every sample accounted for. */
#include "fuzz.h"

#include "tone.h"

#include "record.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    fuzz_input in;
    if (!fuzz_take(data, size, &in)) return 0;
    uint32_t capacity = 1U << (in.option % 12);
    int16_t *ring = malloc(capacity * sizeof *ring), *out = malloc(SAMPLES_MAX * sizeof *out);
    gw_record record;
    REQUIRE(!gw_record_init(&record, in.sample_rate, ring, capacity + (capacity > 1 ? 1 : 2)));
    REQUIRE(!gw_record_init(&record, 44100, ring, capacity));
    REQUIRE(gw_record_init(&record, in.sample_rate, ring, capacity));
    int64_t put = 0, taken = 0;
    for (int32_t at = 0; at < in.n;) {
        int32_t part = fuzz_portion(&in, in.n - at);
        if (in.seed & 0x100) {
            int16_t *copy = fuzz_copy(in.samples + at, part);
            gw_record_put(&record, in.seed & 0x200 ? copy : NULL, part);
            free(copy);
            put += part;
        } else {
            taken += gw_record_take(&record, out, part);
        }
        gw_record_mask(&record, in.seed & 0x400 ? 1 : 0);
        REQUIRE(gw_record_waiting(&record) >= 0 && gw_record_waiting(&record) <= (int32_t)capacity);
        REQUIRE(taken + gw_record_waiting(&record) + record.owed == put && record.owed <= gw_record_lost(&record));
        at += part;
    }
    for (int32_t more = 1; more > 0; taken += more) { /* what is owed is made up for, a ring full at a time */
        gw_record_put(&record, NULL, 0);
        more = gw_record_take(&record, out, SAMPLES_MAX);
    }
    REQUIRE(taken == put);
    free(out);
    free(ring);
    free(in.samples);
    return 0;
}
