/* Test tone: any frequency and level are refused or rendered in range. */
#include "fuzz.h"

#include "tone.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    double hz, level;
    if (size < 20) return 0;
    memcpy(&hz, data, 8);
    memcpy(&level, data + 8, 8);
    int32_t rate = data[16] & 1 ? 16000 : 8000, n = (data[17] << 8 | data[18]) & 0xFFF;
    gw_tone tone;
    if (data[19] & 1) level = -70.0 + data[19] / 255.0 * 73.14;
    if (data[19] & 2) hz = data[18] / 255.0 * rate / 2;
    if (!gw_tone_start(&tone, rate, hz, level)) return 0;
    REQUIRE(hz > 0 && hz < rate / 2.0 && level >= -70 && level <= 3.14);
    int16_t *out = malloc((size_t)n * 2 + 1);
    for (int i = 0; i < 4; i++) gw_tone_render(&tone, out, n);
    free(out);
    return 0;
}
