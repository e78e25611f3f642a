/* Called by the media clock before it takes packets in (arrivals.c). */
#ifndef GW_ARRIVALS_H
#define GW_ARRIVALS_H

void gw_arrivals_look(void);

#endif
