// How jemalloc is to behave in the programs, read by it at start. Huge pages for what lives long
// (memory tables are walked at random); what is given back is given back by a thread of its own.
const char* malloc_conf = "thp:always,background_thread:true";
