/** Names of levels and statuses in both languages. */
import { named } from '../../core/names.ts';

export const statusNames = named([
  { code: 'signed', name: '已签约', nameEn: 'signed' },
  { code: 'registered', name: '已注册', nameEn: 'registered' },
  { code: 'under_construction', name: '在建', nameEn: 'under construction' },
  { code: 'completed', name: '已竣工', nameEn: 'completed' },
  { code: 'in_production', name: '已投产', nameEn: 'in production' },
  { code: 'suspended', name: '停工', nameEn: 'suspended' },
  { code: 'terminated', name: '已终止', nameEn: 'terminated' },
]);

export const levelNames = named([
  { code: 'provincial', name: '省级', nameEn: 'provincial' },
  { code: 'municipal', name: '市级', nameEn: 'municipal' },
  { code: 'county', name: '县级', nameEn: 'county' },
]);
