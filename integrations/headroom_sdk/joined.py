def join(loop, first, send): return first
async def ajoin(loop, first, send): return first
